"""What people write, in the language of the customer."""

from __future__ import annotations

import numpy as np
import pandas as pd

THANKS = {"en": "Thank you", "pl": "Dziękuję", "ru": "Спасибо"}

_QUESTIONS = {
    "Order status": {
        "en": ("Where is my order? The page has said 'packed' for two days.", "Could you tell me when my order ships?"),
        "pl": ("Gdzie jest moje zamówienie? Od dwóch dni widzę status „spakowane”.", "Kiedy wyślecie moje zamówienie?"),
        "ru": ("Где мой заказ? Уже два дня он в статусе «собран».", "Подскажите, когда отправят мой заказ?"),
    },
    "Late delivery": {
        "en": ("The courier was due yesterday and nobody came.", "My parcel is three days late. What is going on?"),
        "pl": ("Kurier miał być wczoraj i nikt nie przyjechał.", "Paczka spóźnia się już trzy dni. Co się dzieje?"),
        "ru": (
            "Курьер должен был приехать вчера, но никто не приехал.",
            "Посылка опаздывает на три дня. Что случилось?",
        ),
    },
    "Parcel locker": {
        "en": (
            "The locker does not open with the code you sent.",
            "You sent my parcel to a locker on the other side of town.",
        ),
        "pl": ("Paczkomat nie otwiera się na kod z wiadomości.", "Paczka trafiła do automatu na drugim końcu miasta."),
        "ru": ("Постамат не открывается по вашему коду.", "Посылку положили в постамат на другом конце города."),
    },
    "Return and refund": {
        "en": (
            "I sent the lamp back two weeks ago and still have no refund.",
            "How do I return one item out of three?",
        ),
        "pl": (
            "Odesłałam lampę dwa tygodnie temu i nadal nie ma zwrotu pieniędzy.",
            "Jak zwrócić jedną rzecz z trzech?",
        ),
        "ru": ("Вернула лампу две недели назад, деньги так и не пришли.", "Как вернуть одну вещь из трёх?"),
    },
    "Invoice": {
        "en": ("Please put the company's tax number on the invoice.", "I need the invoice for September again."),
        "pl": ("Proszę o fakturę z numerem NIP firmy.", "Poproszę jeszcze raz o fakturę za wrzesień."),
        "ru": ("Добавьте, пожалуйста, ИНН компании в счёт.", "Пришлите ещё раз счёт за сентябрь."),
    },
    "Payment failed": {
        "en": ("My card was charged but the order says unpaid.", "The payment page stops at the last step."),
        "pl": (
            "Pieniądze zeszły z karty, a zamówienie jest nieopłacone.",
            "Płatność zatrzymuje się na ostatnim kroku.",
        ),
        "ru": ("Деньги списали, а заказ не оплачен.", "Оплата зависает на последнем шаге."),
    },
    "Login": {
        "en": ("The link to change my password leads nowhere.", "I cannot sign in since the new version."),
        "pl": ("Link do zmiany hasła prowadzi donikąd.", "Od nowej wersji nie mogę się zalogować."),
        "ru": ("Ссылка для смены пароля никуда не ведёт.", "После обновления не могу войти."),
    },
    "Warranty": {
        "en": (
            "The drill stopped after four months. Is it still under warranty?",
            "When do I get my vacuum cleaner back from repair?",
        ),
        "pl": (
            "Wiertarka przestała działać po czterech miesiącach. Czy obejmuje ją gwarancja?",
            "Kiedy odkurzacz wróci z naprawy?",
        ),
        "ru": ("Дрель сломалась через четыре месяца. Гарантия ещё действует?", "Когда вернут пылесос из ремонта?"),
    },
    "Installation": {
        "en": ("The fitter did not bring the right valve.", "Can the dishwasher be installed on a Saturday?"),
        "pl": ("Monter nie miał właściwego zaworu.", "Czy zmywarkę można podłączyć w sobotę?"),
        "ru": ("Мастер приехал без нужного крана.", "Можно ли подключить посудомойку в субботу?"),
    },
    "Product question": {
        "en": ("Does this shelf hold forty kilograms?", "Is the blue one the same size as the grey one?"),
        "pl": ("Czy ta półka utrzyma czterdzieści kilogramów?", "Czy niebieski ma ten sam rozmiar co szary?"),
        "ru": ("Эта полка выдержит сорок килограммов?", "Синий такого же размера, как серый?"),
    },
    "Account change": {
        "en": (
            "We moved: please change the delivery address of our company.",
            "Please add a second buyer to our account.",
        ),
        "pl": (
            "Przeprowadziliśmy się, proszę zmienić adres dostaw firmy.",
            "Proszę dodać drugą osobę do naszego konta.",
        ),
        "ru": ("Мы переехали, смените, пожалуйста, адрес доставки.", "Добавьте второго сотрудника в наш аккаунт."),
    },
    "Complaint": {
        "en": ("This is the third time I write about the same thing.", "Your driver threw the box over the fence."),
        "pl": ("Piszę w tej sprawie już trzeci raz.", "Kierowca rzucił paczkę przez płot."),
        "ru": ("Пишу об одном и том же в третий раз.", "Водитель бросил коробку через забор."),
    },
}

ANSWERS = {
    "en": "Thank you for writing. I have looked into it and this is what happens next.",
    "pl": "Dziękuję za wiadomość. Sprawdziłem to i piszę, co będzie dalej.",
    "ru": "Спасибо за обращение. Я всё проверил, вот что будет дальше.",
}
RECEIPTS = {
    "en": "We have received your message and will answer as soon as we can.",
    "pl": "Otrzymaliśmy wiadomość i odpowiemy najszybciej, jak to możliwe.",
    "ru": "Мы получили ваше сообщение и скоро ответим.",
}
FURTHER = {
    "en": "And what about the other half of my question?",
    "pl": "A co z drugą częścią mojego pytania?",
    "ru": "А что со второй частью моего вопроса?",
}
AGAIN = {
    "en": "It happened again, please look once more.",
    "pl": "Stało się to znowu, proszę sprawdzić jeszcze raz.",
    "ru": "Это повторилось, посмотрите, пожалуйста, ещё раз.",
}

_PLEASED = {
    "en": (
        "Quick and friendly.",
        "Solved in one message, thank you.",
        "Clear answer, nothing to add.",
        "The agent really listened.",
        "",
    ),
    "pl": (
        "Szybko i miło.",
        "Załatwione jedną wiadomością, dziękuję.",
        "Jasna odpowiedź.",
        "Pani konsultantka naprawdę słuchała.",
        "",
    ),
    "ru": (
        "Быстро и вежливо.",
        "Решили одним сообщением, спасибо.",
        "Понятный ответ.",
        "Специалист правда слушал.",
        "",
    ),
}
_CROSS = {
    "en": (
        "Waited far too long for one sentence.",
        "A copied answer that was not about my question.",
        "Nobody called back.",
        "Had to explain everything three times.",
        "The refund was promised and did not come.",
    ),
    "pl": (
        "Zbyt długo czekałem na jedno zdanie.",
        "Gotowa odpowiedź, nie na moje pytanie.",
        "Nikt nie oddzwonił.",
        "Musiałam wszystko tłumaczyć trzy razy.",
        "Obiecany zwrot nie przyszedł.",
    ),
    "ru": (
        "Слишком долго ждал одного предложения.",
        "Шаблонный ответ не по вопросу.",
        "Никто не перезвонил.",
        "Пришлось объяснять три раза.",
        "Обещали вернуть деньги и не вернули.",
    ),
}

PERSONAL = (
    "Proszę oddzwonić: +48 600 100 201.",
    "My number is +48 600 100 202, call me.",
    "Мой телефон +48 600 100 203.",
    "Tel. 600 100 204, po 17.",
    "Call 22 555 01 05 in the morning.",
    "Write to jan.testowy@example.com instead.",
    "Mój adres to ola.testowa@example.com.",
    "Пишите на ivan.testov@example.com.",
    "Use sam.test@example.com please.",
)
"""Comments with something personal in them; the numbers and addresses belong to nobody."""


def questions(topic: pd.Series, language: pd.Series, draw: np.ndarray) -> np.ndarray:
    """The first message of each ticket."""
    return _picked([_QUESTIONS[subject][tongue] for subject, tongue in zip(topic, language, strict=True)], draw)


def sentences(bank: dict[str, str], language: pd.Series) -> np.ndarray:
    """One sentence in each language of `language`."""
    return language.map(bank).to_numpy(dtype=object)


def opinions(is_pleased: np.ndarray, language: np.ndarray, draw: np.ndarray) -> np.ndarray:
    """A comment beside each rating; about half of the pleased say nothing."""
    banks = [(_PLEASED if pleased else _CROSS)[tongue] for pleased, tongue in zip(is_pleased, language, strict=True)]
    return _picked(banks, draw)


def _picked(banks: list[tuple[str, ...]], draw: np.ndarray) -> np.ndarray:
    return np.array([bank[int(value * len(bank))] for bank, value in zip(banks, draw, strict=True)], dtype=object)
