"""Requests on planted topics: inflected phrases of the topic in a random order, between phrases that anybody uses."""

import numpy as np
import pandas as pd

PHRASES = {
    "en": {
        "delivery": (
            "my parcel", "the courier", "parcels arrive late", "delivery of the parcel", "the courier's van",
            "not delivered", "delivering to our street", "waiting for the courier", "the parcel was promised",
        ),
        "invoice": (
            "the invoice", "invoices for the accountant", "our accounting", "a wrong tax number", "the invoiced amount",
            "tax on the invoice", "our accountants ask", "an invoice for September", "correct the invoice",
        ),
        "password": (
            "my password", "passwords do not work", "cannot log in", "login is blocked", "reset the password",
            "logging in with the new password", "the password link", "locked out of my login", "resetting passwords",
        ),
    },
    "ru": {
        "delivery": (
            "моя посылка", "посылку не привезли", "курьер", "курьера не было", "доставка посылки", "доставили не туда",
            "жду курьера", "посылки опаздывают", "с доставкой",
        ),
        "invoice": (
            "счёт-фактура", "счета-фактуры для бухгалтера", "бухгалтерия", "в счёте-фактуре ошибка", "налоговый номер",
            "без счёта-фактуры", "бухгалтеру нужна фактура", "фактуру за сентябрь", "налог в фактуре",
        ),
        "password": (
            "мой пароль", "пароли не подходят", "не могу войти", "вход заблокирован", "смена пароля",
            "войти с новым паролем", "ссылка для пароля", "при входе", "восстановить пароль",
        ),
    },
    "pl": {
        "delivery": (
            "moja paczka", "paczki nie dostarczono", "kurier", "kuriera nie było", "dostawa paczki", "z dostawą",
            "czekam na kuriera", "paczki się spóźniają", "dostarczono paczkę sąsiadowi",
        ),
        "invoice": (
            "faktura", "faktury dla księgowej", "księgowość", "na fakturze jest błąd", "numer podatkowy", "bez faktury",
            "księgowa prosi o fakturę", "fakturę za wrzesień", "podatek na fakturze",
        ),
        "password": (
            "moje hasło", "hasła nie działają", "nie mogę się zalogować", "logowanie zablokowane", "zmiana hasła",
            "zalogować nowym hasłem", "link do hasła", "przy logowaniu", "odzyskać hasło",
        ),
    },
}  # fmt: skip

COMMON = {
    "en": ("hello", "please help", "since Monday", "again this week", "and nobody calls", "what is going on", "thanks",
           "for three days", "I am writing to you", "once more"),
    "ru": ("здравствуйте", "помогите", "с понедельника", "опять на этой неделе", "и никто не звонит", "что случилось",
           "спасибо", "уже три дня", "пишу вам", "ещё раз"),
    "pl": ("dzień dobry", "proszę o pomoc", "od poniedziałku", "znowu w tym tygodniu", "i nikt nie dzwoni",
           "co się dzieje", "dziękuję", "już trzy dni", "piszę do państwa", "jeszcze raz"),
}  # fmt: skip
STEMS = {
    "en": {"delivery": ("parcel", "courier", "deliver"), "invoice": ("invoice", "account", "tax"),
           "password": ("password", "log", "reset")},
    "ru": {"delivery": ("посыл", "курьер", "достав"), "invoice": ("счёт", "счет", "фактур", "бухгалтер", "налог"),
           "password": ("парол", "вход", "войти")},
    "pl": {"delivery": ("paczk", "kurier", "dosta"), "invoice": ("faktur", "księgow", "podat"),
           "password": ("hasł", "logowa", "zalogowa")},
}  # fmt: skip
"""Beginnings of the words of each topic."""


def planted(language: str, topic: str, size: int, draw: np.random.Generator) -> list[str]:
    """Requests on one topic: three of its phrases, two that anybody uses."""
    found = []
    for _ in range(size):
        own = draw.choice(PHRASES[language][topic], 3, replace=False)
        common = draw.choice(COMMON[language], 2, replace=False)
        found.append(f"{common[0]}, {own[0]} {own[1]}. {common[1]} {own[2]}".capitalize())
    return found


def requests(
    languages: tuple[str, ...] = ("en", "ru", "pl"), *, size: int = 120, tagged: float = 0.0, seed: int = 5
) -> pd.DataFrame:
    """Planted requests as `evaluation.text.reading.requests` gives them, with the truth in the column `planted`."""
    draw = np.random.default_rng(seed)
    rows = [
        (language, text, topic)
        for language in languages
        for topic in PHRASES[language]
        for text in planted(language, topic, size, draw)
    ]
    frame = pd.DataFrame(rows, columns=["language", "text", "planted"])
    frame["ticket_id"] = [f"t{number:04d}" for number in draw.permutation(len(frame))]
    frame["topic"] = frame["planted"].where(draw.random(len(frame)) < tagged).astype("string")
    frame["is_now"] = draw.random(len(frame)) < 0.7
    return frame
