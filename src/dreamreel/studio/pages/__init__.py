"""The pages of the studio: one folder each. Adding a folder adds a page, with its kinds of job and its part of the API.

pages/<name>/__init__.py    PAGE = Page(name, order, icon, kinds, routers)
page.js        export default { title, mount(root, ctx), unmount }
page.css       its own rules, from the tokens of web/tokens.css
texts/en.json  its words, and one file more per language
"""
