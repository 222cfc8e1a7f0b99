// An SMS centre with its phones, SMPP 3.4. Orders come as JSON lines on stdin; what happens goes out the same way.
//
//   {"do": "deliver", "from", "to", "text"}    a customer writes; long texts in parts, as phones do
//   {"do": "report", "id", "stat"}             a delivery receipt for a submitted part: DELIVRD, UNDELIV, ACCEPTD …
//   {"do": "answer", "status"}                 every further submission gets this SMPP status (0 takes it)
//   {"do": "leave"} {"do": "return"}           the centre goes away in the middle of everything; it is back
import { randomBytes } from "node:crypto";
import { createInterface } from "node:readline";
import smpp from "smpp";

const GSM_SINGLE = 160, GSM_PART = 153, UCS2_SINGLE = 70, UCS2_PART = 67;
const port = Number(process.argv[2]);
const sessions = new Set();
const submitted = new Map();
let status = 0;
let bound = null;

const say = (event, facts = {}) => process.stdout.write(`${JSON.stringify({ event, ...facts })}\n`);

const server = smpp.createServer((session) => {
  sessions.add(session);
  session.on("error", () => {});
  session.on("close", () => { sessions.delete(session); if (bound === session) { bound = null; say("unbound"); } });
  session.on("bind_transceiver", (pdu) => {
    if (pdu.password !== "kata") return session.send(pdu.response({ command_status: smpp.ESME_RINVPASWD }));
    bound = session;
    session.send(pdu.response());
    say("bound", { system_id: pdu.system_id });
  });
  session.on("enquire_link", (pdu) => session.send(pdu.response()));
  session.on("unbind", (pdu) => { session.send(pdu.response()); session.close(); });
  session.on("submit_sm", (pdu) => take(session, pdu));
});

function take(session, pdu) {
  if (status) {
    session.send(pdu.response({ command_status: status }));
    return say("refused", { to: pdu.destination_addr, status });
  }
  const id = randomBytes(6).toString("hex");
  const joined = (pdu.short_message.udh ?? []).find((part) => part[0] === 0 && part[1] === 3);
  submitted.set(id, pdu);
  session.send(pdu.response({ message_id: id }));
  say("submitted", {
    id, from: pdu.source_addr, to: pdu.destination_addr, coding: pdu.data_coding, wants: pdu.registered_delivery,
    text: pdu.short_message.message, part: joined ? { of: joined[2], total: joined[3], number: joined[4] } : null,
  });
}

const gsmLength = (text) => [...text].reduce((sum, char) => sum + ("^{}\\[~]|€".includes(char) ? 2 : 1), 0);

function parts(text) {
  const gsm = smpp.encodings.ASCII.match(text);
  const [single, part] = gsm ? [GSM_SINGLE, GSM_PART] : [UCS2_SINGLE, UCS2_PART];
  const length = gsm ? gsmLength : (piece) => piece.length;
  if (length(text) <= single) return [[text], gsm];
  const pieces = [""];
  for (const char of text) {
    if (length(pieces.at(-1) + char) > part) pieces.push("");
    pieces[pieces.length - 1] += char;
  }
  return [pieces, gsm];
}

function deliver({ from, to, text }) {
  const [pieces, gsm] = parts(text);
  const reference = randomBytes(1)[0];
  const data_coding = gsm ? 0 : 8;
  pieces.forEach((piece, index) => {
    const message = smpp.encodings[gsm ? "ASCII" : "UCS2"].encode(piece);
    const udh = pieces.length > 1 ? Buffer.from([5, 0, 3, reference, pieces.length, index + 1]) : undefined;
    send({ source_addr: from, destination_addr: to, data_coding, esm_class: udh ? 0x40 : 0, short_message: { udh, message } });
  });
}

function report({ id, stat }) {
  const pdu = submitted.get(id);
  const dlvrd = stat === "DELIVRD" ? "001" : "000";
  const stamp = new Date().toISOString().replace(/\D/g, "").slice(2, 12);
  const text = `id:${id} sub:001 dlvrd:${dlvrd} submit date:${stamp} done date:${stamp} stat:${stat} err:000 text:...`;
  send({
    source_addr: pdu.destination_addr, destination_addr: pdu.source_addr, esm_class: 0x04, data_coding: 0,
    short_message: Buffer.from(text, "ascii"),
  });
}

// TON 1, NPI 1: an international number. A sender that is no number is alphanumeric (TON 5).
function send(fields) {
  const numeric = /^\d+$/.test(fields.source_addr);
  const address = { source_addr_ton: numeric ? 1 : 5, source_addr_npi: numeric ? 1 : 0 };
  bound.deliver_sm({ ...address, ...fields }, (answer) => say("answered", { status: answer.command_status }));
}

const orders = {
  deliver,
  report,
  answer: (order) => { status = order.status; },
  leave: () => { server.close(); for (const session of sessions) session.destroy(); },
  return: () => server.listen(port, "127.0.0.1", () => say("listening")),
};

createInterface({ input: process.stdin }).on("line", (line) => {
  const order = JSON.parse(line);
  orders[order.do](order);
}).on("close", () => process.exit(0));
orders.return();
