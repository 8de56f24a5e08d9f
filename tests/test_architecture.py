"""The shape of the code: who may import whom, which names are taken, and which calls are never written."""

from __future__ import annotations

import ast
import importlib.util
import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from dashboard.register.commitments import MODELS
from loaders.tables.catalogue import KINDS
from tests.test_security import imported

ROOT = Path(__file__).parents[1]
SOURCES = sorted(path for folder in ("dashboard", "loaders") for path in (ROOT / folder).rglob("*.py"))
EXAMPLES = re.findall(r"```toml\n(.*?)```", (ROOT / "docs" / "adding.md").read_text("utf-8"), re.DOTALL)


def run(*command: str) -> subprocess.CompletedProcess:
    return subprocess.run([sys.executable, *command], capture_output=True, text=True, cwd=ROOT, check=False)


def test_import_contracts_hold():
    pytest.importorskip("importlinter", reason="import-linter is a development tool")
    code = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"
    done = run("-c", code)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Contracts: " in done.stdout


def test_no_file_of_the_dashboard_hides_another_module():
    """Streamlit puts the folder of the entry script first on the path: a file there shadows its namesakes."""
    taken = set(sys.stdlib_module_names) | set(packages_distributions())
    ours = {path.stem for path in (ROOT / "dashboard").glob("*.py")} - {"__init__"}
    ours |= {path.name for path in (ROOT / "dashboard").iterdir() if path.is_dir()}
    assert {"requests", "plotly", "calendar"} <= taken
    assert not ours & taken


def test_what_is_imported_is_declared_and_nothing_else():
    """What another package brings along may go with its next release."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    declared = {row.partition(">=")[0] for row in project["dependencies"]}
    modules = {name for path in SOURCES for name in imported(ast.parse(path.read_text("utf-8")))}
    packages = packages_distributions()
    found = {packages[name][0] for name in modules - sys.stdlib_module_names - {"dashboard", "loaders"}}
    # The units of cf-xarray are pint's, and it declares pint as an extra only.
    assert {re.sub(r"[-_.]+", "-", name).lower() for name in found} | {"pint"} == declared


def test_loaders_run_without_the_dashboard():
    if importlib.util.find_spec("loaders.__main__") is None:
        pytest.skip("the command of the loaders is not written yet")
    done = run("-c", "import sys, loaders.__main__; print(*sorted(sys.modules), sep='\\n')")
    assert done.returncode == 0, done.stderr
    loaded = {name.split(".")[0] for name in done.stdout.split()}
    assert "loaders" in loaded
    assert not loaded & {"streamlit", "plotly", "dashboard"}


def test_opening_the_facade_loads_no_network_code():
    done = run("-c", "import sys, loaders; print(*sorted(sys.modules), sep='\\n')")
    assert done.returncode == 0, done.stderr
    assert not {name.split(".")[0] for name in done.stdout.split()} & {"requests", "pint", "streamlit"}


def called(node: ast.Call) -> str:
    """The last name of what is called, with its owner where there is one: ``yaml.load``, ``open_dataset``."""
    function = node.func
    if isinstance(function, ast.Attribute):
        owner = function.value.id if isinstance(function.value, ast.Name) else ""
        return f"{owner}.{function.attr}"
    return function.id if isinstance(function, ast.Name) else ""


def faults(source: str) -> list[str]:
    """What is never written, with its line: code from text, pickles, unchecked TLS, unescaped HTML."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else [a.name for a in node.names]
            found += [
                f"{node.lineno}: {n}" for n in names if n.split(".")[0] in ("pickle", "yaml", "marshal")
            ]
        if isinstance(node, ast.ExceptHandler) and node.type is None:
            found.append(f"{node.lineno}: bare except")
        if isinstance(node, ast.Call):
            found += [f"{node.lineno}: {what}" for what in call_faults(node)]
    return found


def call_faults(node: ast.Call) -> list[str]:
    name = called(node)
    given = {word.arg: word.value for word in node.keywords}
    found = (
        [name] if name in ("eval", "exec", "yaml.load", "os.system", "pickle.loads", "pickle.load") else []
    )
    if isinstance(given.get("verify"), ast.Constant) and given["verify"].value is False:
        found.append("verify=False")
    if isinstance(given.get("shell"), ast.Constant) and given["shell"].value:
        found.append("shell=True")
    if "unsafe_allow_html" in given and not (node.args and fixed(node.args[0])):
        found.append("unsafe_allow_html with a text that is not fixed")
    owner, _, method = name.partition(".")
    ours = owner in ("loaders", "export", "netcdf")
    if method in ("open_dataset", "load_dataset", "to_netcdf") and not ours:
        engine = given.get("engine")
        if not (isinstance(engine, ast.Constant) and engine.value == "scipy"):
            found.append(f"{name} without engine='scipy'")
    return found


def fixed(node: ast.expr) -> bool:
    """A literal, or a constant named in capitals."""
    return isinstance(node, ast.Constant) or (isinstance(node, ast.Name) and node.id.isupper())


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_file_writes_nothing_unsafe(path):
    assert faults(path.read_text("utf-8")) == []


@pytest.mark.parametrize(
    ("source", "word"),
    [
        ("eval('1')", "eval"),
        ("import pickle", "pickle"),
        ("from yaml import load", "yaml"),
        ("requests.get(url, verify=False)", "verify"),
        ("st.markdown(text, unsafe_allow_html=True)", "unsafe"),
        ("st.markdown(f'<b>{name}</b>', unsafe_allow_html=True)", "unsafe"),
        ("xr.open_dataset(path)", "scipy"),
        ("dataset.to_netcdf(path, engine='netcdf4')", "scipy"),
        ("try:\n    pass\nexcept:\n    pass", "bare"),
        ("subprocess.run(line, shell=True)", "shell"),
    ],
)
def test_scan_sees_what_it_is_for(source, word):
    assert word in " ".join(faults(source))
    assert faults("st.markdown(STYLE, unsafe_allow_html=True)\nxr.open_dataset(p, engine='scipy')") == []


@pytest.mark.parametrize("text", EXAMPLES, ids=lambda text: text.split("]]")[0].strip("["))
def test_example_of_the_page_on_adding_is_a_valid_row(text):
    """Examples of series lean on the defaults of the named table; fields on place and source."""
    ((kind, (raw,)),) = tomllib.loads(text).items()
    if kind == "series":
        shared = tomllib.loads((ROOT / "loaders" / "tables" / "gwm.toml").read_text("utf-8"))["defaults"]
        raw = shared | raw | {"unit": "m", "sea": "aral"}
    if kind == "field":
        raw |= {"sea": "caspian", "independence_group": raw["source"]}
    model = (KINDS | MODELS)[kind]
    assert model.model_validate(raw).id == raw["id"]


def test_page_on_adding_shows_every_kind_that_is_added_often():
    shown = {next(iter(tomllib.loads(text))) for text in EXAMPLES}
    assert {"series", "place", "indicator", "source", "field", "commitment", "milestone"} <= shown
