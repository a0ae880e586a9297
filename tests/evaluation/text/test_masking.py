"""Details in comments are masked however they are written; what a reader needs stays."""

import re
import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from evaluation.text.masking import LONGEST, Detail, masked

NAMES = ["Anna Kowalska", "Piotr Zieliński", "Marek Nowak", "Иван Петров", "Наталья Соколова", "Павел Громов",
         "Will Smith", "jane.doe", "a10", "lead_first_line"]  # fmt: skip

HOSTILE = [
    # what was written, what may be read
    ("write to john.o'neil+shop@mail.example.co.uk!", "write to [email]!"),
    ("john (at) mail (dot) com", "[email]"),
    ("john at mail dot com", "[email]"),
    ("ivan собака mail точка ru", "[email]"),
    ("anna [małpa] poczta [kropka] pl", "[email]"),
    ("a @ b . com", "[email]"),
    ("jo\u200bhn@ma\u00adil.com", "[email]"),
    ("ｊｏｈｎ＠ｍａｉｌ．ｃｏｍ", "[email]"),
    ("music on @Spotify. What are yours?", "music on [name]. What are yours?"),
    ("on (03/18/2020) with beta (1.16.0.53)", "on ([date]) with beta ([number])"),
    ("call +48 601 234 567 now", "call [phone] now"),
    ("тел. +7 (495) 123-45-67", "тел. [phone]"),
    ("(22) 555 12 34", "[phone]"),
    ("8-800-555-35-35", "[number]"),
    ("тел.89161234567", "тел.[number]"),
    ("my card 4111 1111 1111 1111, cvv 12", "my card [number], cvv 12"),
    ("card 4111\u200b1111\u200b1111\u200b1111", "card [number]"),
    ("４７１１ １２３４", "[number]"),
    ("konto PL61 1090 1014 0000 0712 1981 2874", "konto [number]"),
    ("DE89370400440532013000", "[number]"),
    ("PESEL 85031212345", "PESEL [number]"),
    ("ticket T000005 and ORD-12345", "ticket [number] and [number]"),
    ("order no. 55 and order 123", "order no. [number] and order [number]"),
    ("заказ № 12, заявка 345", "заказ № [number], заявка [number]"),
    ("zamówienie nr 7, faktura 12/2026", "zamówienie nr [number], faktura [number]"),
    ("ticket #5", "ticket #[number]"),
    ("see https://x.example/a?b=1&c=2 and www.foo.pl", "see [link] and [link]"),
    ("t.me/ivan or @ivan_petrov", "[link] or [name]"),
    ("shop.example.com/path", "[link]"),
    ("from 192.168.0.1", "from [number]"),
    ("born 12.03.1985 or 1985-03-12", "born [date] or [date]"),
    ("Anna Kowalska helped, Kowalska too", "[name] helped, [name] too"),
    ("Dziękuję Annie Kowalskiej i Markowi", "Dziękuję [name] i [name]"),
    ("z Piotrem Zielińskim nie, z Markiem tak", "z [name] nie, z [name] tak"),
    ("Спасибо Ивану Петрову и Наталье!", "Спасибо [name] и [name]!"),
    ("без Павла Громова", "без [name]"),
    ("thanks anna kowalska", "thanks [name]"),
    ("спасибо наталья", "спасибо [name]"),
    ("ANNA KOWALSKA WAS RUDE", "[name] WAS RUDE"),
    ("Will was rude", "[name] was rude"),
    ("Jane's answer", "[name] answer"),
    ("My name is Peter Parker", "My name is [name]"),
    ("Меня зовут Олег, жду", "Меня зовут [name], жду"),
    ("nazywam się Zbigniew Wodecki z Opola", "nazywam się [name] z Opola"),
    ("Pani Ewa pomogła. Mr. Bean came", "Pani [name] pomogła. Mr. [name] came"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), HOSTILE, ids=[case[0][:40] for case in HOSTILE])
def test_details_are_masked(text, expected):
    assert masked(text, NAMES) == expected


@pytest.mark.parametrize(
    "text",
    [
        "I waited 3 days, 24/7, from 10:30-12:45, 100 % of 5 stars", "since 2024, room 3 @ home", "iPhone 15, 5 of 10",
        "case 2 of 5, ordered 2 pizzas", "I will never buy; the mark is bad", "First line was slow, lead times too",
        "Status zamówienia był nieznany", "Заказ пришёл на 3 дня позже", "паны и пани ждут", "", "!!!",
        "e-mail, t-shirt", "cost $11.99 or 12,5 zł", "280K views", "my name is not known",
        "Annual report, markup, иваново",
    ],
)  # fmt: skip
def test_what_a_reader_needs_stays(text):
    assert masked(text, NAMES) == text


PIECES = st.sampled_from(
    ["anna", "Anna", "ANNY", "иван", "a@b.com", "4111", "1111 ", "+48", " ", "-", ".", ",", "@", "#", "№", "nr",
     "[name]", "https://x.pl", "12.03.2026", "10:30", "order", "7", "T000005", "(", ")", "\u200b", "ok", "[", "]", "/"]
)  # fmt: skip


@given(st.one_of(st.text(max_size=120), st.lists(PIECES, max_size=14).map("".join)))
@example("0.PLHTTP://0")
@settings(max_examples=300, deadline=None)
def test_nothing_that_was_masked_shows_and_masking_again_changes_nothing(text):
    once = masked(text, NAMES)
    assert masked(once, NAMES) == once
    assert not re.search(r"\d{5,}", once)
    assert not re.search(r"\w@\w+\.\w", once)


LONG = ["1-", "@", "a@b.", "order ", "Pan A", "#", "a.b.", "1a", "( ) ", "a"]


@pytest.mark.parametrize("text", [piece * 10**5 for piece in LONG], ids=LONG)
def test_hostile_lengths_take_no_time(text):
    began = time.process_time()
    assert len(masked(text, NAMES * 50)) <= LONGEST * len(Detail.NUMBER.sign)
    assert time.process_time() - began < 1.0
