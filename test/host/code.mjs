#!/usr/bin/env node
/**
 * Stands where a desktop `code` binary would: runTests({ vscodeExecutablePath: '<this file>' }) of @vscode/test-electron.
 * Environment: WEB_HOST_VERBOSE=1 prints the extension host's console; WEB_HOST_TIMEOUT_MS (default 600,000) ends a run
 * that never reports, with a screenshot.
 */
import path from 'node:path';
import util from 'node:util';
import { launch } from './web-host.mjs';

/** `--name=value` and `--name`, each to its list of values; the rest are paths. */
function parse(words) {
	const flags = new Map();
	const paths = [];
	for (const word of words) {
		const found = /^--([^=]+)(?:=(.*))?$/s.exec(word);
		if (found === null) {
			paths.push(word);
		} else {
			flags.set(found[1], [...(flags.get(found[1]) ?? []), found[2] ?? '']);
		}
	}
	return { flags, paths };
}

const { flags, paths } = parse(process.argv.slice(2));
const one = (name) => {
	const value = flags.get(name)?.at(-1);
	return value === undefined || value === '' ? undefined : value;
};
const limit = Number(process.env.WEB_HOST_TIMEOUT_MS || 600_000);
const host = await launch({
	extensionDevelopmentPath: flags.get('extensionDevelopmentPath') ?? [],
	extensionTestsPath: one('extensionTestsPath'),
	userDataDir: one('user-data-dir'),
	extensionsDir: one('extensions-dir'),
	workspace: one('folder-uri')?.replace(/^file:\/\//, '') ?? paths[0],
	// As on the desktop: without this flag a workspace that nobody trusted is in Restricted Mode.
	trust: flags.has('disable-workspace-trust'),
	onLog: process.env.WEB_HOST_VERBOSE
		? (type, args) => process.stdout.write(`[${type}] ${util.format(...args)}\n`)
		: undefined,
});

async function quit(code) {
	clearTimeout(timer);
	await host.close();
	process.exit(code);
}

const timer = setTimeout(async () => {
	const screenshot = path.join(host.userDataDir, 'timeout.png');
	console.error(`web host: no result after ${limit} ms; screenshot ${screenshot}`);
	await host.page.screenshot({ path: screenshot, timeout: 5000 }).catch(() => undefined);
	await quit(124);
}, limit);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
	process.on(signal, () => void quit(130));
}
const result = await host.exited;
if (result.error !== undefined) {
	console.error(`web host: ${result.error}`);
}
await quit(result.code);
