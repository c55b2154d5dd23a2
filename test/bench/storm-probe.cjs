/**
 * Runs in the extension host of a real VS Code, as its test run: does what storm.mjs asks for over the socket STORM_SOCKET,
 * one line of JSON a message, and measures meanwhile how the extension host fares.
 */
const net = require('node:net');
const readline = require('node:readline');
const vscode = require('vscode');

/** Milliseconds between two looks at the clock: each is due at its time, however late the ones before it were. */
const TICK = 4;
/** Milliseconds for the model to load, or for what is under way to end. */
const LIMIT = 120_000;

/** VS Code's contract for extensionTestsPath. */
exports.run = async () => {
	const api = await vscode.extensions.getExtension('familiar.familiar').activate();
	await reached(
		(listener) => api.model.onDidChangeState(listener),
		() => api.model.state.type === 'ready',
	);
	const requests = await countRequests(api.model);
	const socket = net.connect(process.env.STORM_SOCKET);
	const say = (message) => socket.write(`${JSON.stringify(message)}\n`);
	say({ type: 'ready', model: api.model.state.model.name });
	let storm;
	for await (const line of readline.createInterface({ input: socket })) {
		const message = JSON.parse(line);
		if (message.type === 'begin') {
			storm = await begin(message.enabled, requests);
			say({ type: 'begun' });
		} else if (message.type === 'end') {
			say({ type: 'report', ...(await storm.end(message.typed, api)) });
		} else if (message.type === 'accept') {
			say({ type: 'accepted', text: await accept(storm.document) });
		} else {
			break;
		}
	}
	socket.end();
};

/** An empty file is opened, and from now on everything is measured. */
async function begin(enabled, requests) {
	const configuration = vscode.workspace.getConfiguration();
	await configuration.update('familiar.completion.enabled', enabled, vscode.ConfigurationTarget.Global);
	const folder = vscode.workspace.workspaceFolders[0].uri;
	const file = vscode.Uri.joinPath(folder, 'src', `storm${Date.now()}.ts`);
	await vscode.workspace.fs.writeFile(file, new Uint8Array());
	const document = await vscode.workspace.openTextDocument(file);
	await vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.One, preview: false });
	requests.reset();
	const changes = [];
	const changing = vscode.workspace.onDidChangeTextDocument((event) => {
		if (event.document === document && event.contentChanges.length > 0) {
			changes.push({ at: Date.now(), length: document.getText().length });
		}
	});
	const ticks = startTicks();
	return {
		document,
		async end(typed, api) {
			await reached(
				vscode.workspace.onDidChangeTextDocument,
				() => document.getText().length >= typed.length,
			);
			const late = ticks.stop();
			const measured = { late, changes, ...requests.seen(), typedExactly: document.getText() === typed };
			changing.dispose();
			if (!enabled) {
				return measured;
			}
			const last = changes.at(-1).at;
			const record = await lastRecord(document);
			const outcome = api.lastOutcome();
			return {
				...measured,
				record,
				drained: Date.now() - last,
				outcome: outcome?.type === 'text' ? outcome.text : undefined,
			};
		},
	};
}

/** How many milliseconds late each look was: what anybody who needed the extension host then would have waited. */
function startTicks() {
	const start = performance.now();
	const late = [];
	let timer;
	const look = () => {
		const now = performance.now() - start;
		for (let due = (late.length + 1) * TICK; due <= now; due += TICK) {
			late.push(now - due);
		}
		timer = setTimeout(look, (late.length + 1) * TICK - now);
	};
	look();
	return {
		stop() {
			clearTimeout(timer);
			return late;
		},
	};
}

/**
 * Counts the completions that are asked of the model: those that the extension waits for, and those that the model's
 * process has not answered, which include some that nobody waits for any more.
 */
async function countRequests(model) {
	const { link } = await model.requests.options.ready(new AbortController().signal);
	const waiting = counter();
	const unanswered = counter();
	const fill = model.fill.bind(model);
	model.fill = async function* (request, signal) {
		waiting.begin();
		try {
			yield* fill(request, signal);
		} finally {
			waiting.end();
		}
	};
	const send = link.connection.sendRequest.bind(link.connection);
	link.connection.sendRequest = async (method, ...rest) => {
		if (method !== 'fill') {
			return send(method, ...rest);
		}
		unanswered.begin();
		try {
			return await send(method, ...rest);
		} finally {
			unanswered.end();
		}
	};
	return {
		reset() {
			waiting.reset();
			unanswered.reset();
		},
		seen: () => ({ asked: waiting.asked, waiting: waiting.most, unanswered: unanswered.most }),
	};
}

function counter() {
	let now = 0;
	return {
		most: 0,
		asked: 0,
		begin() {
			this.asked++;
			this.most = Math.max(this.most, ++now);
		},
		end() {
			now--;
		},
		reset() {
			this.asked = 0;
			this.most = now;
		},
	};
}

/** What `Familiar: Inspect Completions` says of the newest request, once that is one at the end of the document. */
async function lastRecord(document) {
	const end = document.lineAt(document.lineCount - 1).range.end;
	const name = document.uri.path.slice(document.uri.path.lastIndexOf('/') + 1);
	await vscode.commands.executeCommand('familiar.inspectCompletions');
	const page = vscode.workspace.textDocuments.find(({ uri }) => uri.scheme === 'familiar-inspector');
	const newest = () => page.getText().split(/^## /m)[1] ?? '';
	const place = `\`${name}:${end.line + 1}:${end.character + 1}\``;
	await reached(
		vscode.workspace.onDidChangeTextDocument,
		() => newest().split('\n', 1)[0].includes(place) && !/\(`(cancelled|superseded)`\)/.test(newest()),
	);
	return newest();
}

/** Accepts what is shown; the text of the document afterwards. */
async function accept(document) {
	const before = document.version;
	const changed = reached(vscode.workspace.onDidChangeTextDocument, () => document.version !== before);
	await vscode.commands.executeCommand('editor.action.inlineSuggest.commit');
	await changed;
	return document.getText();
}

/** Resolves when the condition holds, at once or after one of the events; rejects after two minutes. */
function reached(event, condition) {
	return new Promise((resolve, reject) => {
		let subscription;
		const timer = setTimeout(() => {
			subscription?.dispose();
			reject(new Error(`never came true: ${condition}`));
		}, LIMIT);
		const look = () => {
			if (condition()) {
				clearTimeout(timer);
				subscription?.dispose();
				resolve();
			}
		};
		subscription = event(look);
		look();
	});
}
