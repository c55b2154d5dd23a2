/**
 * Opens a real VS Code, headless: its server on 127.0.0.1, its workbench in Chromium. Extensions with `main` run in the
 * Node extension host that the server forks, on this machine, as they do under Remote-SSH.
 */
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { ensureHost } from './ensure.mjs';
import { startServer, writeSettings } from './server.mjs';

/** Milliseconds between the server's end and taking it for a crash. */
const EXIT_GRACE = 3_000;

/** Playwright as installed beside this file; anybody may import this module from anywhere. */
export function playwright() {
	return createRequire(import.meta.url)('playwright-core');
}

/**
 * Starts a headless Chromium; the caller closes it.
 *
 * @returns {Promise<import('playwright-core').Browser>}
 */
export async function startBrowser() {
	const { chromium } = ensureHost();
	return playwright().chromium.launch({
		executablePath: chromium.path,
		env: { ...process.env, ...chromium.env },
		args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu'],
	});
}

/** A browser context from which nothing leaves the machine. */
export async function newContext(
	browser,
	{ viewport = { width: 1280, height: 800 }, colorScheme = 'light' } = {},
) {
	const context = await browser.newContext({
		viewport,
		colorScheme,
		permissions: ['clipboard-read', 'clipboard-write'],
	});
	await context.route(
		(url) => url.hostname !== '127.0.0.1',
		(route) => route.abort(),
	);
	return context;
}

/** The address at which a server's workbench opens a folder or a .code-workspace, and files in it. */
export function workbenchAddress(port, workspace, openFiles = []) {
	const query = new URLSearchParams();
	if (workspace === undefined) {
		query.set('ew', 'true');
	} else {
		query.set(workspace.endsWith('.code-workspace') ? 'workspace' : 'folder', path.resolve(workspace));
	}
	const files = openFiles.map((file) => {
		return ['openFile', `vscode-remote://127.0.0.1:${port}${encodeURI(path.resolve(file))}`];
	});
	query.set('payload', JSON.stringify([['skipWelcome', 'true'], ['skipReleaseNotes', 'true'], ...files]));
	return `http://127.0.0.1:${port}/?${query}`;
}

/**
 * Opens the workbench. `exited` settles when the tests of `extensionTestsPath` are over, or the page or server dies.
 *
 * @param {object} options
 * @param {string[]} [options.extensionDevelopmentPath] Folders of extensions under development.
 * @param {string} [options.extensionTestsPath] Module whose run() the extension host calls.
 * @param {string} [options.workspace] Folder or .code-workspace; default: an empty window.
 * @param {string[]} [options.openFiles] Files opened at the start.
 * @param {Record<string, unknown>} [options.settings] Added to the user settings.
 * @param {string} [options.userDataDir] Default: a temporary folder, removed by close().
 * @param {string} [options.extensionsDir] See startServer.
 * @param {Record<string, string | undefined>} [options.env] See startServer.
 * @param {boolean} [options.trust] See startServer.
 * @param {boolean} [options.autoShutdown] See startServer.
 * @param {{ width: number, height: number }} [options.viewport] Default 1280 by 800.
 * @param {'light' | 'dark'} [options.colorScheme] Default light.
 * @param {(type: string, text: string) => void} [options.onConsole] The page's console.
 * @param {(type: string, args: unknown[]) => void} [options.onLog] The extension host's console in a test run.
 */
export async function launch(options) {
	const userDataDir = options.userDataDir ?? fs.mkdtempSync(path.join(os.tmpdir(), 'vscode-web-'));
	writeSettings(userDataDir, options.settings);
	const [serving, browsing] = await Promise.allSettled([
		startServer({ ...options, userDataDir }),
		startBrowser(),
	]);
	const server = serving.value;
	const browser = browsing.value;
	const close = async () => {
		await browser?.close().catch(() => undefined);
		await server?.stop();
		if (options.userDataDir === undefined) {
			fs.rmSync(userDataDir, { recursive: true, force: true, maxRetries: 5 });
		}
	};
	try {
		if (serving.status === 'rejected' || browsing.status === 'rejected') {
			throw serving.reason ?? browsing.reason;
		}
		const { promise, resolve: exit } = deferred();
		server.process.once('exit', (code) => {
			// The server may end by itself when a test run is over, before the page's own word on it has arrived.
			setTimeout(() => exit({ code: 71, error: `VS Code's server ended with ${code}` }), EXIT_GRACE);
		});
		const context = await newContext(browser, options);
		await context.addInitScript(editConfiguration, developmentOptions(options, server.port));
		const page = await context.newPage();
		await page.exposeFunction('codeAutomationLog', (type, args) => options.onLog?.(type, args));
		// VS Code calls it when the extension host's test run is over.
		await page.exposeFunction('codeAutomationExit', (code) => exit({ code }));
		page.on('console', (message) => options.onConsole?.(message.type(), message.text()));
		page.on('crash', () => exit({ code: 70, error: 'the page crashed' }));
		const address = workbenchAddress(server.port, options.workspace, options.openFiles);
		await page.goto(address, { waitUntil: 'domcontentloaded' });
		return { page, context, browser, server, address, exited: promise, userDataDir, close };
	} catch (error) {
		await close();
		throw error;
	}
}

function deferred() {
	let resolve;
	const promise = new Promise((settle) => {
		resolve = settle;
	});
	return { promise, resolve };
}

function developmentOptions({ extensionDevelopmentPath = [], extensionTestsPath }, port) {
	const uri = (file) => ({
		scheme: 'vscode-remote',
		authority: `127.0.0.1:${port}`,
		path: path.resolve(file),
	});
	return {
		extensions: extensionDevelopmentPath.map(uri),
		...(extensionTestsPath === undefined ? {} : { extensionTestsPath: uri(extensionTestsPath) }),
	};
}

/**
 * Runs in the page, before the workbench's deferred module. A built workbench takes the development and test paths from
 * its address only under --enable-smoke-test-driver, and that switch also turns notification toasts and dialogs off. Its
 * construction options take the same two without that side effect, so they are put into the page's configuration element.
 * The document is not rewritten on its way (route.fulfill): Chromium then refuses the page's sockets to 127.0.0.1.
 */
function editConfiguration(developmentOptions) {
	if (window !== window.top) {
		return;
	}
	const observer = new MutationObserver(() => {
		const element = document.getElementById('vscode-workbench-web-configuration');
		if (element === null) {
			return;
		}
		observer.disconnect();
		const configuration = JSON.parse(element.getAttribute('data-settings'));
		configuration.developmentOptions = { ...configuration.developmentOptions, ...developmentOptions };
		const product = configuration.productConfiguration;
		if (product !== undefined) {
			for (const key of ['extensionsGallery', 'telemetryEndpoint', 'updateEndpoint', 'serviceWorker']) {
				delete product[key];
			}
			product.enableTelemetry = false;
		}
		element.setAttribute('data-settings', JSON.stringify(configuration));
	});
	observer.observe(document, { childList: true, subtree: true });
}
