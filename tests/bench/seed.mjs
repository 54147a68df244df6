// The handler of the documentation (seed, "Message Handling Examples") on the
// ws library, counting instead of printing.
import WebSocket from "ws";

const [address, events] = [process.argv[2], Number(process.argv[3])];
const ws = new WebSocket(`ws://${address}/v1.0/ws`);
let read = 0;
let began = 0;
const seen = { call: 0, message: 0, other: 0 };

ws.on("open", () => {
  ws.send(JSON.stringify({ type: "subscribe", topics: ["customer_id:c:call:*"], at_once: true }));
});

ws.on("message", (data) => {
  const message = JSON.parse(data);
  switch (message.type || message.event_type) {
    case "ack":
      return;
    case "call.status":
      seen.call += message.data.id.length;
      break;
    case "message.received":
      seen.message += message.data.text.length;
      break;
    default:
      seen.other += 1;
  }
  if (read === 0) began = performance.now();
  read += 1;
  if (read === events) {
    console.log(JSON.stringify({ seconds: (performance.now() - began) / 1000, seen }));
    process.exit(0);
  }
});
