"""A host of the test: an index of Python packages, a registry of npm packages and a git repository, over TLS and plain HTTP.

It writes down who asked for what on stdout. Python's own library and git are all that it needs.
"""

import hashlib
import io
import json
import os
import ssl
import subprocess
import tarfile
import threading
import zipfile
from base64 import b64encode
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

ROOT = "/tmp/host"
HOST = os.environ["HOST"]


def write(path: str, content: bytes) -> None:
    os.makedirs(os.path.dirname(f"{ROOT}/{path}"), exist_ok=True)
    with open(f"{ROOT}/{path}", "wb") as file:
        file.write(content)


def wheel() -> bytes:
    """A package `greeting` for pip."""
    files = {
        "greeting.py": "TEXT = 'hello from the index'\n",
        "greeting-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: greeting\nVersion: 1.0\n",
        "greeting-1.0.dist-info/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    files["greeting-1.0.dist-info/RECORD"] = "".join(f"{name},,\n" for name in [*files, "greeting-1.0.dist-info/RECORD"])
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return data.getvalue()


def tarball() -> bytes:
    """A package `greeting` for npm."""
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w:gz") as archive:
        for name, text in {
            "package/package.json": json.dumps({"name": "greeting", "version": "1.0.0", "main": "index.js"}),
            "package/index.js": "module.exports = 'hello from the registry';\n",
        }.items():
            info = tarfile.TarInfo(name)
            info.size = len(text)
            archive.addfile(info, io.BytesIO(text.encode()))
    return data.getvalue()


def repository() -> None:
    """A repository that git clones from plain files."""
    git = ["git", "-c", "user.name=test", "-c", "user.email=test@example.com", "-c", "init.defaultBranch=main"]
    run = lambda *command, cwd: subprocess.run([*git, *command], cwd=cwd, check=True, stdout=subprocess.DEVNULL)
    os.makedirs("/tmp/source")
    run("init", "-q", cwd="/tmp/source")
    with open("/tmp/source/greeting.txt", "w") as file:
        file.write("hello from the forge\n")
    run("add", ".", cwd="/tmp/source")
    run("commit", "-qm", "feat: greet", cwd="/tmp/source")
    run("clone", "-q", "--bare", "/tmp/source", f"{ROOT}/greeting.git", cwd="/tmp")
    run("update-server-info", cwd=f"{ROOT}/greeting.git")


class Handler(SimpleHTTPRequestHandler):
    def __init__(self, *args):
        super().__init__(*args, directory=ROOT)

    def log_message(self, format, *args):
        print(f"{self.client_address[0]} {format % args}", flush=True)


os.environ["HOME"] = "/tmp"
write("index.html", b"hello from the host\n")
write("simple/greeting/index.html", b'<a href="/greeting-1.0-py3-none-any.whl">greeting-1.0-py3-none-any.whl</a>\n')
write("greeting-1.0-py3-none-any.whl", wheel())
package = tarball()
write("greeting-1.0.0.tgz", package)
integrity = "sha512-" + b64encode(hashlib.sha512(package).digest()).decode()
version = {
    "name": "greeting",
    "version": "1.0.0",
    "main": "index.js",
    "dist": {"tarball": f"https://{HOST}:8443/greeting-1.0.0.tgz", "integrity": integrity},
}
write("greeting", json.dumps({"name": "greeting", "dist-tags": {"latest": "1.0.0"}, "versions": {"1.0.0": version}}).encode())
repository()

plain = ThreadingHTTPServer(("", 8080), Handler)
tls = ThreadingHTTPServer(("", 8443), Handler)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain("/tls/tls.crt", "/tls/tls.key")
tls.socket = context.wrap_socket(tls.socket, server_side=True)
threading.Thread(target=plain.serve_forever).start()
tls.serve_forever()
