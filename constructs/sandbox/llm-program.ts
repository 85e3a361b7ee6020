/**
 * Python that gives an agent-server its LLM, by its API: the image has Python, and the files behind the API are the
 * server's own business. Arguments: the API's port, the model, its address or nothing, and the file with its key, if any.
 *
 * The LLM profile `default` is the one that a new agent-server's agent refers to. It is written at every start, which is
 * how a new key arrives, but only while it is what was written last: who edits it in a client owns it from then on, who
 * deletes it has no use for it. It is made the active one where no other is.
 */
export const SET_LLM = `import json
import os
import pathlib
import sys
import time
import urllib.error
import urllib.request

PROFILE = "default"
WRITTEN = pathlib.Path.home() / ".openhands" / "llm-of-config.json"
# Seconds: for the server to start, and between two tries.
PATIENCE, PAUSE = 600, 0.5

port, model, base_url, *key_file = sys.argv[1:]
# Whatever the sandbox's own variables say: it asks its own Pod.
direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def say(level, message):
    stamp = time.strftime("%Y-%m-%d %H:%M:%S")
    line = {"asctime": stamp, "levelname": level, "name": "set-llm", "message": message}
    print(json.dumps(line), file=sys.stderr, flush=True)


def ask(method, path, body=None):
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}{path}",
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={
            "Content-Type": "application/json",
            "X-Session-API-Key": os.environ.get("OH_SESSION_API_KEYS_0", ""),
        },
    )
    with direct.open(request, timeout=30) as response:
        return json.load(response)


def wait_until_ready():
    end = time.monotonic() + PATIENCE
    while True:
        try:
            return ask("GET", "/ready")
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(PAUSE)


def main():
    wait_until_ready()
    wanted = {"model": model, "base_url": base_url or None}
    written = json.loads(WRITTEN.read_text()) if WRITTEN.exists() else None
    answer = ask("GET", "/api/profiles")
    found = next((it for it in answer["profiles"] if it["name"] == PROFILE), None)
    if found is None and written is not None:
        return say("INFO", f"LLM profile {PROFILE} was deleted: it is not made again")
    config = {}
    if found is not None:
        stored = {name: found[name] for name in wanted}
        if stored not in (written, wanted):
            return say("INFO", f"LLM profile {PROFILE} was changed by somebody: it is left as it is")
        config = ask("GET", f"/api/profiles/{PROFILE}")["config"]
    key = pathlib.Path(key_file[0]).read_text().strip() if key_file else None
    ask("POST", f"/api/profiles/{PROFILE}", {"llm": {**config, **wanted, "api_key": key}})
    WRITTEN.write_text(json.dumps(wanted))
    active = answer["active_profile"]
    if active is None and ask("GET", "/api/settings")["llm_api_key_is_set"]:
        active = "an LLM without a profile"
    if active in (None, PROFILE):
        ask("POST", f"/api/profiles/{PROFILE}/activate", {})
        say("INFO", f"LLM profile {PROFILE} is set and active: {model}")
    else:
        say("INFO", f"LLM profile {PROFILE} is set: {model}; active is {active}")


try:
    main()
except urllib.error.HTTPError as error:
    say("ERROR", f"no LLM is set: {error.url} answers {error.code}")
except Exception as error:
    say("ERROR", f"no LLM is set: {type(error).__name__}: {error}")
`;
