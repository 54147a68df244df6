"""The handler of the documentation (seed, "Message Handling Examples") on the
websocket-client library, counting instead of printing."""

import json
import sys
import time

import websocket

address, events = sys.argv[1], int(sys.argv[2])
state = {"read": 0, "began": 0.0, "held": 0}


def on_message(ws, raw_message):
    message = json.loads(raw_message)
    msg_type = message.get("type") or message.get("event_type")
    if msg_type == "ack":
        return
    elif msg_type == "call.status":
        state["held"] += len(message["data"]["id"])
    elif msg_type == "message.received":
        state["held"] += len(message["data"]["text"])
    else:
        state["held"] += 1
    if state["read"] == 0:
        state["began"] = time.perf_counter()
    state["read"] += 1
    if state["read"] == events:
        print(json.dumps({"seconds": time.perf_counter() - state["began"], "held": state["held"]}))
        ws.close()


def on_open(ws):
    ws.send(json.dumps({"type": "subscribe", "topics": ["customer_id:c:call:*"], "at_once": True}))


websocket.WebSocketApp(f"ws://{address}/v1.0/ws", on_open=on_open, on_message=on_message).run_forever()
