"""A host of the test: a git repository of 2,000 files and a Python package of 1,000 modules, over plain HTTP."""

import base64
import os
import random
import subprocess
import zipfile
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

ROOT = "/tmp/host"
numbers = random.Random(1)


def text(kilobytes: int) -> str:
    """Lines that no compression makes small."""
    lines = base64.b64encode(numbers.randbytes(kilobytes * 768)).decode()
    return "\n".join(lines[i : i + 76] for i in range(0, len(lines), 76)) + "\n"


def repository() -> None:
    """In one pack, as a forge has it: what git's fast-import writes."""
    git = ["git", "--git-dir", f"{ROOT}/files.git"]
    subprocess.run([*git, "init", "-q", "--bare"], check=True)
    lines = ["commit refs/heads/main", "committer test <test@example.com> 0 +0000", "data 5", "files"]
    for number in range(2000):
        content = text(4)
        lines += [f"M 100644 inline folder-{number // 100}/file-{number}.txt", f"data {len(content)}", content]
    subprocess.run(
        [*git, "-c", "fastimport.unpackLimit=1", "fast-import", "--quiet"], input="\n".join(lines) + "\n", text=True, check=True
    )
    subprocess.run([*git, "symbolic-ref", "HEAD", "refs/heads/main"], check=True)
    subprocess.run([*git, "update-server-info"], check=True)


def package() -> None:
    name, info = "modules-1.0-py3-none-any.whl", "modules-1.0.dist-info"
    body = "".join(f"def function_{i}(value):\n    return [value + {i} for _ in range({i})]\n\n\n" for i in range(40))
    files = {f"modules/module_{number}.py": body for number in range(1000)}
    files["modules/__init__.py"] = ""
    files[f"{info}/METADATA"] = "Metadata-Version: 2.1\nName: modules\nVersion: 1.0\n"
    files[f"{info}/WHEEL"] = "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    files[f"{info}/RECORD"] = "".join(f"{path},,\n" for path in [*files, f"{info}/RECORD"])
    os.makedirs(f"{ROOT}/simple/modules")
    with zipfile.ZipFile(f"{ROOT}/{name}", "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in files.items():
            archive.writestr(path, content)
    with open(f"{ROOT}/simple/modules/index.html", "w") as file:
        file.write(f'<a href="/{name}">{name}</a>\n')


os.environ["HOME"] = "/tmp"
os.makedirs(ROOT)
repository()
package()
ThreadingHTTPServer(("", 8080), lambda *args: SimpleHTTPRequestHandler(*args, directory=ROOT)).serve_forever()
