/**
 * Types 100 keys a second into a real VS Code, first with Familiar's completions off, then with them on; prints as its last
 * line, in JSON, what storm-probe.cjs measured in the extension host and what was on the screen in the end.
 *
 *     node storm.mjs SECONDS
 */
import net from 'node:net';
import path from 'node:path';
import readline from 'node:readline';
import { fileURLToPath } from 'node:url';
import { makeSample } from '../../scripts/sample.mjs';
import { Workbench } from '../host/driver.mjs';
import { launch } from '../host/web-host.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const root = path.resolve(here, '../..');

/** Keys a second. */
const RATE = 100;
/** Seconds of the same without Familiar. */
const WITHOUT = 10;
/** Milliseconds for what is shown in the end. */
const LIMIT = 30_000;

/** Keys type what is on them: nothing is accepted, closed, indented or formatted by the editor. */
const settings = {
	'editor.acceptSuggestionOnEnter': 'off',
	'editor.acceptSuggestionOnCommitCharacter': false,
	'editor.autoClosingBrackets': 'never',
	'editor.autoClosingQuotes': 'never',
	'editor.autoIndent': 'none',
};

/** Typed over and over; lines are not indented, for Tab would accept what is shown. */
const LINES = [
	'export function total(prices: number[]): number {',
	'let sum = 0;',
	'for (const price of prices) {',
	'sum += price;',
	'}',
	'return sum;',
	'}',
	'',
	'export function longest(names: string[]): string | undefined {',
	'return names.sort((one, other) => other.length - one.length)[0];',
	'}',
	'',
];
/** Typed last: a place where the starter model has something to add. */
const END = [
	'function add(a: number, b: number): number {',
	'return a + b;',
	'}',
	'',
	'function subtract(a: number, b: number): number {',
	'return a - b;',
	'}',
	'',
	'function multiply(a: number, b: number): number {',
	'return ',
].join('\n');

function textOf(seconds) {
	const count = seconds * RATE - END.length - 1;
	let text = '';
	for (let line = 0; text.length < count; line++) {
		text += `${LINES[line % LINES.length]}\n`;
	}
	return `${text.slice(0, Math.max(0, count))}\n${END}`;
}

/** Types without waiting for the editor; resolves with when each key was sent, once all have arrived. */
async function type(page, text) {
	const start = Date.now();
	const sent = [];
	const pressed = [];
	for (const character of text) {
		const due = start + (sent.length * 1_000) / RATE;
		if (due > Date.now()) {
			await new Promise((resolve) => setTimeout(resolve, due - Date.now()));
		}
		sent.push(Date.now());
		pressed.push(page.keyboard.press(character === '\n' ? 'Enter' : character));
	}
	await Promise.all(pressed);
	return sent;
}

/** The other end of the probe's socket: one answer to each question. */
async function listen(file) {
	const server = net.createServer();
	await new Promise((resolve) => server.listen(file, resolve));
	const connected = new Promise((resolve) => {
		server.once('connection', resolve);
	});
	const opened = connected.then((socket) => {
		const lines = readline.createInterface({ input: socket })[Symbol.asyncIterator]();
		return { socket, lines };
	});
	const answer = async () => {
		const { value } = await (await opened).lines.next();
		if (value === undefined) {
			throw new Error('the probe in the extension host has gone');
		}
		return JSON.parse(value);
	};
	return {
		answer,
		async ask(message) {
			(await opened).socket.write(`${JSON.stringify(message)}\n`);
			return answer();
		},
		async end() {
			(await opened).socket.end('{"type":"leave"}\n');
			server.close();
		},
	};
}

/** One storm: what the probe measured, and when each key was sent. */
async function storm(page, probe, seconds, enabled) {
	const typed = textOf(seconds);
	await probe.ask({ type: 'begin', enabled });
	const sent = await type(page, typed);
	return { typed, sent, report: await probe.ask({ type: 'end', typed }) };
}

/** Milliseconds from each key to the change of the document in the extension host. */
function delays({ sent, report }) {
	let change = 0;
	return sent.map((at, index) => {
		while (report.changes[change].length < index + 1) {
			change++;
		}
		return report.changes[change].at - at;
	});
}

const sample = makeSample();
const socket = path.join(sample.folder, 'probe.sock');
const probe = await listen(socket);
const host = await launch({
	extensionDevelopmentPath: [root],
	extensionTestsPath: path.join(here, 'storm-probe.cjs'),
	workspace: sample.workspace,
	userDataDir: sample.userData,
	extensionsDir: sample.extensions,
	settings,
	env: { STORM_SOCKET: socket },
});
try {
	const ended = host.exited.then(({ code, error }) => {
		throw new Error(`VS Code ended with ${code} ${error ?? ''}`);
	});
	const work = async () => {
		const { model } = await probe.answer();
		const { page } = host;
		const without = await storm(page, probe, WITHOUT, false);
		const seconds = Number(process.argv[2] ?? 60);
		const { typed, sent, report } = await storm(page, probe, seconds, true);
		const workbench = new Workbench(page, undefined, host.close);
		const isText = report.outcome !== undefined;
		if (isText) {
			await workbench.ghost().first().waitFor({ timeout: LIMIT });
		}
		const accepted = isText ? await probe.ask({ type: 'accept' }) : undefined;
		return {
			model,
			late: report.late,
			lateWithout: without.report.late,
			delays: delays({ sent, report }),
			keysPerSecond: ((sent.length - 1) * 1_000) / (sent.at(-1) - sent[0]),
			asked: report.asked,
			waiting: report.waiting,
			unanswered: report.unanswered,
			drained: report.drained,
			typedExactly: report.typedExactly,
			lastOutcome: report.outcome ?? '',
			lastMatches: accepted === undefined ? false : accepted.text === typed + report.outcome,
			record: report.record,
		};
	};
	const result = await Promise.race([work(), ended]);
	await probe.end();
	console.log(JSON.stringify(result));
} finally {
	await host.close();
	sample.remove();
}
process.exit(0);
