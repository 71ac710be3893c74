"""Does the reference tell of everything that a policy and a wording may contain?"""

import re
from pathlib import Path

import pytest

from amiable.core.policy.model import CHANNELS, COLLEAGUES, OFFERS, RISKS, ROLES, Do, Tone
from amiable.core.policy.settings import CONDITION_KEYS, CONTACT_KEYS, POLICY_KEYS, SCENARIO_KEYS, STEP_KEYS
from amiable.core.policy.text import read_policy
from amiable.core.tone.finding import Code, Kind
from amiable.outreach.wordings import KINDS

DOCS = Path(__file__).parents[2] / "docs"
REFERENCE = (DOCS / "reference" / "policy.md").read_text("utf-8")
GUIDE = (DOCS / "guides" / "wordings.md").read_text("utf-8")


def chapter(title: str) -> str:
    return REFERENCE.split(f"\n## {title}\n")[1].split("\n## ")[0]


@pytest.mark.parametrize(
    ("title", "keys"),
    [
        ("The whole", POLICY_KEYS),
        ("contact", CONTACT_KEYS),
        ("scenarios", SCENARIO_KEYS),
        ("steps", STEP_KEYS),
        ("for", CONDITION_KEYS),
    ],
)
def test_every_setting_is_documented_in_its_chapter(title, keys):
    documented = re.findall(r"^\| `([^`]+)` \|", chapter(title), re.MULTILINE)

    assert sorted(documented) == sorted(keys)


@pytest.mark.parametrize("words", [CHANNELS, COLLEAGUES, OFFERS, RISKS, ROLES, tuple(Do), tuple(Tone)])
def test_every_word_to_choose_from_is_documented(words):
    for word in words:
        assert f"`{word.replace('_', ' ')}`" in REFERENCE


def test_every_complete_example_can_be_read():
    examples = [text for text in re.findall(r"```yaml\n(.*?)```", REFERENCE, re.DOTALL) if "\nscenarios:" in text]

    assert examples
    for text in examples:
        read_policy(text)


def test_every_wording_kind_and_finding_is_documented():
    for name in KINDS:
        assert f"`{name}`" in GUIDE
    for word in (*Kind, *Code):
        assert f"`{word}`" in GUIDE
