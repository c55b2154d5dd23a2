/**
 * Loads the extension's bundle in a fresh Node with a stand-in for the `vscode` module, activates it and prints one line
 * of JSON: milliseconds for loading, for the call of activate() and until what it returned resolved.
 *
 *     node activation-child.cjs BUNDLE ROOT FOLDER      FOLDER: an empty one for the extension's storage
 */
const Module = require('node:module');
const path = require('node:path');

const [bundle, root, folder] = process.argv.slice(2);

/** Ids that the extension has registered commands for: proof that activate() did its work. */
const commands = [];

/** Answers everything: every property and every call gives another stand-in, so that no part of the API is missing. */
function standIn(known = {}, prototype = undefined) {
	return new Proxy(function anything() {}, {
		get(_target, key) {
			if (key in known) {
				return known[key];
			}
			switch (key) {
				// Not a promise, not a list with entries.
				case 'then':
				case 'length':
					return undefined;
				case Symbol.iterator:
					return () => [][Symbol.iterator]();
				case Symbol.toPrimitive:
					return () => '';
				case 'prototype':
					return Object.prototype;
				default:
					return standIn();
			}
		},
		set: () => true,
		has: () => true,
		// A bundler copies the names of a module into an object of the same prototype: unknown names are found there.
		getPrototypeOf: () => prototype ?? Function.prototype,
		apply: () => standIn(),
		construct: () => standIn(),
	});
}

const uri = (file) => ({ scheme: 'file', fsPath: file, path: file, toString: () => `file://${file}` });
const { contributes } = require(path.join(root, 'package.json'));
const defaults = Object.fromEntries(
	contributes.configuration.flatMap(({ properties }) =>
		Object.entries(properties).map(([key, property]) => [key, property.default]),
	),
);
class EventEmitter {
	listeners = new Set();
	event = (listener) => {
		this.listeners.add(listener);
		return { dispose: () => this.listeners.delete(listener) };
	};
	fire(value) {
		for (const listener of this.listeners) {
			listener(value);
		}
	}
	dispose() {
		this.listeners.clear();
	}
}
const names = {
	EventEmitter,
	version: '1.104.0',
	l10n: standIn({ t: (text) => (typeof text === 'string' ? text : text.message) }),
	commands: standIn({
		registerCommand: (id) => {
			commands.push(id);
			return { dispose: () => undefined };
		},
		executeCommand: async () => undefined,
	}),
	workspace: standIn({
		workspaceFolders: undefined,
		workspaceFile: undefined,
		isTrusted: true,
		getConfiguration: (section) =>
			standIn({
				get: (key) => defaults[section ? `${section}.${key}` : key],
				inspect: () => undefined,
			}),
	}),
	window: standIn({ activeTextEditor: undefined, visibleTextEditors: [] }),
	extensions: standIn({ all: [], getExtension: () => undefined }),
	env: standIn({ remoteName: undefined, appName: 'bench' }),
};
const vscode = standIn(names, standIn(names));

const load = Module._load;
Module._load = (request, ...rest) => (request === 'vscode' ? vscode : load(request, ...rest));

const memory = () => {
	const values = new Map();
	return {
		get: (key, fallback) => (values.has(key) ? values.get(key) : fallback),
		update: async (key, value) => void values.set(key, value),
		keys: () => [...values.keys()],
		setKeysForSync: () => undefined,
	};
};
const context = {
	subscriptions: [],
	extensionPath: root,
	extensionUri: uri(root),
	asAbsolutePath: (file) => path.join(root, file),
	globalState: memory(),
	workspaceState: memory(),
	globalStorageUri: uri(path.join(folder, 'global')),
	storageUri: uri(path.join(folder, 'workspace')),
	logUri: uri(path.join(folder, 'log')),
	extensionMode: 1,
	extension: { packageJSON: require(path.join(root, 'package.json')) },
};

/**
 * Node's own modules that VS Code's extensionHostProcess.js imports statically, so that they are loaded before any extension:
 * `node:crypto` alone takes a fresh Node as long as a third of our bundle. With BENCH_FRESH=1 they count as ours.
 */
const loadedByTheEditor = [
	...[
		'child_process',
		'crypto',
		'events',
		'fs',
		'fs/promises',
		'http',
		'module',
		'net',
		'os',
		'path',
		'stream',
	],
	...['string_decoder', 'url', 'util', 'zlib'],
];
if (process.env.BENCH_FRESH !== '1') {
	for (const name of loadedByTheEditor) {
		require(`node:${name}`);
	}
}

async function main() {
	const start = performance.now();
	const extension = require(bundle);
	const loaded = performance.now();
	const result = extension.activate(context);
	const returned = performance.now();
	await result;
	const resolved = performance.now();
	const cpu = process.cpuUsage();
	console.log(
		JSON.stringify({
			load: loaded - start,
			call: returned - loaded,
			resolved: resolved - loaded,
			cpu: (cpu.user + cpu.system) / 1000,
			commands: commands.length,
		}),
	);
	for (const subscription of context.subscriptions) {
		subscription.dispose();
	}
	await extension.deactivate?.();
}

main().then(
	() => process.exit(0),
	(error) => {
		console.error(error);
		process.exit(1);
	},
);
