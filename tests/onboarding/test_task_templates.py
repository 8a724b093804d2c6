"""Task templates as files: what is wrong with one is said with its file and line."""

from pathlib import Path

import pytest

from libs.common.marked_yaml import InvalidDocument
from services.onboarding.templates import TEMPLATES, read_templates

DEVICE = (TEMPLATES / "device.yaml").read_text(encoding="utf-8")


def test_the_shipped_templates_are_named_like_their_files() -> None:
    assert sorted(one.key for one in read_templates(TEMPLATES)) == sorted(
        path.stem for path in TEMPLATES.glob("*.yaml")
    )


@pytest.mark.parametrize(
    ("text", "says"),
    [
        pytest.param("key: [", r"broken.yaml:2: not YAML", id="not YAML"),
        pytest.param("", "broken.yaml:1: the file is empty", id="empty"),
        pytest.param(
            DEVICE.replace("owner: it", "owner: wizard"),
            r"broken.yaml:\d: owner: ",
            id="no such owner",
        ),
        pytest.param(
            DEVICE.replace("title", "tilte"),
            r"broken.yaml:\d: tilte: this key is not known",
            id="misspelt",
        ),
        pytest.param(DEVICE.replace(": 2", ": -2"), "due", id="negative days"),
        pytest.param(
            DEVICE.replace("key: device", "key: My Device"), "key: ", id="key with a space"
        ),
    ],
)
def test_a_broken_template_is_refused(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "broken.yaml").write_text(text)
    with pytest.raises(InvalidDocument, match=says):
        read_templates(tmp_path)


def test_two_templates_cannot_share_a_key(tmp_path: Path) -> None:
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / name).write_text(DEVICE)
    with pytest.raises(
        InvalidDocument, match=r"a.yaml:2: key: another template has the key 'device' too"
    ):
        read_templates(tmp_path)


def test_tasks_cannot_wait_for_each_other(tmp_path: Path) -> None:
    for key, before in (("a", "b"), ("b", "a")):
        text = DEVICE.replace("key: device", f"key: {key}") + f"depends_on: [{before}]\n"
        (tmp_path / f"{key}.yaml").write_text(text)
    with pytest.raises(InvalidDocument, match="no task of a, b can begin"):
        read_templates(tmp_path)


def test_a_task_cannot_wait_for_one_that_does_not_exist(tmp_path: Path) -> None:
    (tmp_path / "device.yaml").write_text(DEVICE + "depends_on: [laptop]\n")
    with pytest.raises(
        InvalidDocument, match=r"device.yaml:\d+: depends_on\[0\]: no template has the key 'laptop'"
    ):
        read_templates(tmp_path)


@pytest.mark.parametrize(
    ("more", "says"),
    [
        pytest.param("approver: it\n", "cannot approve it", id="approved by who does it"),
        pytest.param(
            "done_by: adapter\nevidence: a number\n",
            "neither evidence",
            id="an adapter's evidence",
        ),
        pytest.param("reminders: {when_late: 0}\n", "when_late", id="never called late"),
    ],
)
def test_a_task_that_nobody_can_close_is_refused(tmp_path: Path, more: str, says: str) -> None:
    (tmp_path / "device.yaml").write_text(DEVICE + more)
    with pytest.raises(InvalidDocument, match=says):
        read_templates(tmp_path)
