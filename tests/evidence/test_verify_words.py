"""What the program in a bundle says: all of it in both languages, and in the bundle's own."""

import ast
import re
import string
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from evidence import verify
from evidence.bundle import write
from tests.evidence.golden_example import golden

PROGRAM = Path(verify.__file__)


def templates():
    """Every sentence that is said: the first argument of Told, wherever it was put together."""
    tree = ast.parse(PROGRAM.read_text("utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "Told":
            for part in ast.walk(node.args[0]):
                if isinstance(part, ast.Constant) and isinstance(part.value, str):
                    yield part.value
        match node:
            case ast.Assign([ast.Name("no" | "told")], ast.Constant(value)):
                yield value


def fields(text):
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_every_sentence_has_its_chinese_with_the_same_facts():
    parts = {"{masked} masked copies, ", "original_inside"}
    said = [each for each in templates() if len(each) > 2 and each not in parts]
    whole = set(verify.CHINESE)
    missing = [each for each in said if not any(each in known for known in whole)]
    assert len(said) > 90 and missing == []
    for english, chinese in verify.CHINESE.items():
        assert fields(english) == fields(chinese), english
        assert re.search("[\u4e00-\u9fff]", chinese), chinese


def printed(path, *options):
    command = [sys.executable, "-I", "-S", PROGRAM, path, *options]
    ran = subprocess.run(command, capture_output=True, encoding="utf-8")
    return ran.returncode, ran.stdout + ran.stderr


def test_it_speaks_the_bundles_language_unless_told_otherwise(tmp_path):
    content = golden(tmp_path)
    write(tmp_path / "zh.zip", replace(content, language="zh"))
    code, told = printed(tmp_path / "zh.zip")
    assert code == 0 and "全部核验通过" in told and "聊天记录完整" in told
    assert not re.search("passed|The |are ", told), told
    code, told = printed(tmp_path / "zh.zip", "--lang", "en", "--head", "sha256:" + "0" * 64)
    assert code == 1 and "no ledger ends in" in told
    code, told = printed(tmp_path / "zh.zip", "--head", "sha256:" + "0" * 64)
    assert code == 1 and "没有账簿以 sha256:000" in told and "不符" in told
    cut = tmp_path / "cut.zip"
    cut.write_bytes((tmp_path / "zh.zip").read_bytes()[:4000])
    code, told = printed(cut, "--lang", "zh")
    assert code == 2 and "文件被截断" in told
    write(tmp_path / "en.zip", content)
    assert "All checks passed" in printed(tmp_path / "en.zip")[1]
