"""What somebody with the OpenHands SDK does with a pool of ours: claim, work, pause, resume, give up.

usage: sdk-client.py conversation|claims NAMESPACE POOL KEY …     KUBECONFIG says as whom

Every fact is a line of JSON on stdout, {"fact": NAME, "value": …}; times are in seconds.
"""

import json
import os
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor

from openhands.sdk import LLM, Agent, Conversation, Tool
from openhands.tools.terminal import TerminalTool
from openhands.workspace import AgentSandboxWorkspace
from pydantic import SecretStr


# The cluster's API, which no profile lists.
CONNECT = """python3 -c 'import socket; socket.create_connection(("kubernetes.default.svc", 443), 5)' 2>&1 | tail -1"""


def tell(fact, value):
    print(json.dumps({"fact": fact, "value": value}), flush=True)


def claim(namespace, pool, key):
    # Ten starts at once take their time on a busy machine.
    patience = {"sandbox_ready_timeout": 300, "health_check_timeout": 300}
    return AgentSandboxWorkspace(warmpool=pool, namespace=namespace, api_key=key, detach_logs=False, **patience)


def run(workspace, command):
    result = workspace.execute_command(command, cwd="/workspace", timeout=30)
    return f"{result.exit_code} {result.stdout.strip()}"


def megabyte_there_and_back(workspace):
    content = os.urandom(2**20)
    with tempfile.TemporaryDirectory() as folder:
        up, down = os.path.join(folder, "up"), os.path.join(folder, "down")
        with open(up, "wb") as file:
            file.write(content)
        workspace.file_upload(up, "/workspace/megabyte")
        workspace.file_download("/workspace/megabyte", down)
        with open(down, "rb") as file:
            return file.read() == content


def talk(workspace, model, base_url):
    llm = LLM(model=model, base_url=base_url, api_key=SecretStr("of-the-model"), usage_id="e2e", stream=True)
    agent = Agent(llm=llm, tools=[Tool(name=TerminalTool.name)])
    conversation = Conversation(agent=agent, workspace=workspace, visualizer=None)
    conversation.send_message("Write the file.")
    conversation.run(timeout=120)
    status = conversation.state.execution_status.value
    conversation.close()
    return status


def whole_conversation(namespace, pool, key, model, base_url):
    started = time.monotonic()
    workspace = claim(namespace, pool, key)
    try:
        tell("usable", round(time.monotonic() - started, 1))
        tell("command", run(workspace, "id -u"))
        tell("megabyte", megabyte_there_and_back(workspace))
        tell("conversation", talk(workspace, model, base_url))
        tell("written", run(workspace, "cat made-by-the-agent.txt"))
        tell("network", run(workspace, CONNECT))
        workspace.pause()
        started = time.monotonic()
        workspace.resume()
        tell("resumed", round(time.monotonic() - started, 1))
        tell("kept", run(workspace, "cat made-by-the-agent.txt"))
    finally:
        workspace.cleanup()
    tell("done", True)


def many_claims(namespace, pool, key, count):
    def one(_):
        started = time.monotonic()
        with claim(namespace, pool, key) as workspace:
            seconds = round(time.monotonic() - started, 1)
            return seconds, run(workspace, "hostname")

    with ThreadPoolExecutor(int(count)) as executor:
        results = list(executor.map(one, range(int(count))))
    tell("usable", sorted(seconds for seconds, _ in results))
    tell("hosts", sorted(host for _, host in results))


if __name__ == "__main__":
    mode, *arguments = sys.argv[1:]
    {"conversation": whole_conversation, "claims": many_claims}[mode](*arguments)
