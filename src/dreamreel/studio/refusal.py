"""What the guard answers to those it does not let in: a problem for programs, a small page for people. Pure.

Problems are RFC 9457 `application/problem+json`. The page has no script and no style of its own; it says in the
reader's language where the right address is, and asks for the password when there is one.
"""

from __future__ import annotations

import html
import json
from dataclasses import dataclass
from typing import Final

__all__ = [
    "BODY",
    "CROSS_SITE",
    "HOST",
    "PASSWORD",
    "TOKEN",
    "TOO_OFTEN",
    "Refusal",
    "language",
    "page",
    "problem",
]


@dataclass(frozen=True, slots=True)
class Refusal:
    """A reason not to let somebody in."""

    status: int
    title: str
    code: str
    detail: str
    shown: str
    """Which of a page's sentences says it."""


HOST: Final = Refusal(
    403, "Forbidden", "HostRefused",
    "The studio does not answer to the name in this request's Host; use the address that the terminal shows.", "name",
)  # fmt: skip
CROSS_SITE: Final = Refusal(
    403, "Forbidden", "CrossSiteRefused",
    "This request comes from another site's page; use the studio's own page, or its API with a token.", "open",
)  # fmt: skip
TOKEN: Final = Refusal(
    401, "Unauthorized", "TokenMissing",
    "This request has no valid token; open the address that the terminal shows, or send Authorization: Bearer.", "open",
)  # fmt: skip
PASSWORD: Final = Refusal(
    401, "Unauthorized", "PasswordWrong", "This is not the studio's password; try again.", "wrong",
)  # fmt: skip
TOO_OFTEN: Final = Refusal(
    429, "Too Many Requests", "TooManyAttempts",
    "There were too many wrong passwords from this address; wait a minute and try again.", "often",
)  # fmt: skip
BODY: Final = Refusal(
    413, "Content Too Large", "TooLarge", "This request is longer than the studio reads; send files as uploads.",
    "open",
)  # fmt: skip

_TEXTS: Final[dict[str, dict[str, str]]] = {
    "en": {
        "title": "Dreamreel is asleep behind this door",
        "open": "Open the address that the terminal shows.",
        "name": "The studio does not answer to this name. Open the address that the terminal shows.",
        "wrong": "That is not the password. Please try again.",
        "often": "Those were too many tries. Please wait a minute.",
        "password": "Password",
        "enter": "Come in",
        "go": "Go on",
    },
    "es": {
        "title": "Dreamreel duerme tras esta puerta",
        "open": "Abre la dirección que muestra la terminal.",
        "name": "El estudio no responde a este nombre. Abre la dirección que muestra la terminal.",
        "wrong": "Esa no es la contraseña. Inténtalo de nuevo.",
        "often": "Demasiados intentos. Espera un minuto.",
        "password": "Contraseña",
        "enter": "Entrar",
        "go": "Continuar",
    },
    "fr": {
        "title": "Dreamreel dort derrière cette porte",
        "open": "Ouvrez l’adresse affichée dans le terminal.",
        "name": "Le studio ne répond pas à ce nom. Ouvrez l’adresse affichée dans le terminal.",
        "wrong": "Ce n’est pas le mot de passe. Réessayez.",
        "often": "Trop de tentatives. Patientez une minute.",
        "password": "Mot de passe",
        "enter": "Entrer",
        "go": "Continuer",
    },
    "de": {
        "title": "Dreamreel schläft hinter dieser Tür",
        "open": "Öffne die Adresse, die im Terminal steht.",
        "name": "Auf diesen Namen hört das Studio nicht. Öffne die Adresse, die im Terminal steht.",
        "wrong": "Das ist nicht das Passwort. Bitte versuche es noch einmal.",
        "often": "Das waren zu viele Versuche. Bitte warte eine Minute.",
        "password": "Passwort",
        "enter": "Herein",
        "go": "Weiter",
    },
    "pt": {
        "title": "O Dreamreel dorme atrás desta porta",
        "open": "Abra o endereço que o terminal mostra.",
        "name": "O estúdio não responde por este nome. Abra o endereço que o terminal mostra.",
        "wrong": "Essa não é a senha. Tente de novo.",
        "often": "Foram tentativas demais. Espere um minuto.",
        "password": "Senha",
        "enter": "Entrar",
        "go": "Continuar",
    },
    "zh": {
        "title": "Dreamreel 正在这扇门后安睡",
        "open": "请打开终端中显示的地址。",
        "name": "工作室不使用这个名称。请打开终端中显示的地址。",
        "wrong": "密码不正确,请重试。",
        "often": "尝试次数过多,请等待一分钟。",
        "password": "密码",
        "enter": "进入",
        "go": "继续",
    },
    "ja": {
        "title": "Dreamreel はこの扉の向こうで眠っています",
        "open": "ターミナルに表示されたアドレスを開いてください。",
        "name": "スタジオはこの名前には応答しません。ターミナルに表示されたアドレスを開いてください。",
        "wrong": "パスワードが違います。もう一度お試しください。",
        "often": "試行回数が多すぎます。1 分ほどお待ちください。",
        "password": "パスワード",
        "enter": "入る",
        "go": "続ける",
    },
}


def language(accepted: str) -> str:
    """The first language of an Accept-Language header that the page is written in, else English.

    Browsers list them best first; their weights only repeat the order.
    """
    for entry in accepted.split(",", 20)[:20]:
        code = entry.partition(";")[0].strip().lower().partition("-")[0]
        if code in _TEXTS:
            return code
    return "en"


def problem(refusal: Refusal) -> bytes:
    """The refusal as RFC 9457 problem details."""
    fields = {
        "type": "about:blank",
        "title": refusal.title,
        "status": refusal.status,
        "detail": refusal.detail,
        "code": refusal.code,
    }
    return json.dumps(fields).encode()


def page(lang: str, shown: str, *, password: bool = False, onward: str | None = None) -> bytes:
    """A page with one sentence; with a field for the password; or one that leads `onward` by itself.

    Its own referrer policy lets the form say where it comes from: under `no-referrer` a browser posts it with
    `Origin: null`, and where pages are not served from this machine itself it sends nothing else to go by.
    """
    words = {name: html.escape(text) for name, text in _TEXTS[lang].items()}
    ahead, body = "", f"<p>{words[shown]}</p>" if shown in words else ""
    if onward is not None:
        target = html.escape(onward)
        ahead = f'<meta http-equiv="refresh" content="0;url={target}">\n'
        body = f'<p><a href="{target}">{words["go"]}</a></p>'
    if password:
        body += (
            f'\n<form method="post" action="/login">\n<label for="password">{words["password"]}</label>\n'
            '<input id="password" name="password" type="password" autocomplete="current-password" required autofocus>\n'
            f'<button type="submit">{words["enter"]}</button>\n</form>'
        )
    return (
        f'<!doctype html>\n<html lang="{lang}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta name="referrer" content="same-origin">\n{ahead}<title>Dreamreel</title>\n'
        '<link rel="stylesheet" href="/web/refused.css">\n</head>\n'
        f"<body>\n<main>\n<h1>{words['title']}</h1>\n{body}\n</main>\n</body>\n</html>\n"
    ).encode()
