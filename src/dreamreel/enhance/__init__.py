"""Enhancing in one click: what is wrong with a clip, what to do about it, and the clip and target that do it.

    file ──look──► Findings ─┐
    what was asked ► Asked ──┼─► propose (pure) ─► Proposal ─► compose ─► Clip + Target ─► the renderer
    what there is ─► Able ───┘                        │
                                                      └─► hardest five seconds ─► before and after ─► report

`Findings`, `Asked`, `Able` and `Proposal` are frozen values that are also JSON: `dump(value)` and `load(cls, data)` of
`enhance.data`. A front end shows a proposal, changes it with `Proposal.without`, and hands it to `compose`.

    findings = look(path)
    proposal = propose(findings, Asked(to="1080p"), able())
    made = compose(probe(path), proposal, Asked(to="1080p"))
    made.clip, made.target
"""
