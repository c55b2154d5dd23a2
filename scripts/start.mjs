/**
 * `npm start`: installs what is missing, builds and packages the extension, and opens VS Code with it and a copy of the
 * sample workspace: the desktop VS Code where one can be had, else VS Code in the browser, served until Ctrl+C.
 */
import { spawn, spawnSync } from 'node:child_process';
import { ensureInstalled, root } from './install.mjs';

try {
	ensureInstalled();
	const { findDesktop } = await import('./editor.mjs');
	const { makeSample } = await import('./sample.mjs');
	const desktop = await findDesktop({ installed: true });
	const sample = makeSample();
	if (desktop === undefined) {
		await serve(sample);
	} else {
		await open(desktop, sample);
	}
} catch (error) {
	console.error(error.message);
	process.exitCode = 1;
}

/** Runs the extension from the checkout in a desktop VS Code, with settings of its own, until its window is closed. */
async function open(desktop, sample) {
	const built = spawnSync(process.execPath, ['esbuild.mjs'], { cwd: root, stdio: 'inherit' });
	if (built.status !== 0) {
		throw new Error('The build failed; its messages are above.');
	}
	const { writeSettings } = await import('../test/host/server.mjs');
	writeSettings(sample.userData);
	console.log(`VS Code (${desktop.origin}): ${desktop.path}`);
	const code = await new Promise((resolve, reject) => {
		const child = spawn(
			desktop.path,
			[
				...['--new-window', '--wait', '--skip-welcome', '--skip-release-notes', '--disable-workspace-trust'],
				...[`--user-data-dir=${sample.userData}`, `--extensions-dir=${sample.extensions}`],
				...[`--extensionDevelopmentPath=${root}`, sample.workspace],
			],
			{ stdio: 'inherit', shell: process.platform === 'win32' && desktop.path.endsWith('.cmd') },
		);
		child.once('error', reject);
		child.once('exit', resolve);
	});
	sample.remove();
	process.exitCode = code ?? 1;
}

/** Serves the workbench with the packaged extension installed, so that any browser that opens the address has it. */
async function serve(sample) {
	const { packageExtension } = await import('./package.mjs');
	const { installExtension, startServer, writeSettings } = await import('../test/host/server.mjs');
	const { workbenchAddress } = await import('../test/host/web-host.mjs');
	const vsix = await packageExtension({ reuse: true });
	writeSettings(sample.userData);
	await installExtension({ vsix, userDataDir: sample.userData, extensionsDir: sample.extensions });
	// The sample is our own: trusted, so that everything works. Any other folder is opened in a VS Code of the user's.
	const server = await startServer({
		userDataDir: sample.userData,
		extensionsDir: sample.extensions,
		autoShutdown: false,
	});
	let stopping = false;
	async function stop(code) {
		if (!stopping) {
			stopping = true;
			await server.stop();
			sample.remove();
			process.exit(code);
		}
	}
	for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
		process.on(signal, () => void stop(0));
	}
	server.process.once('exit', (code) => {
		if (!stopping) {
			console.error(`VS Code's server ended with ${code}; its log: ${server.log}`);
			process.exit(1);
		}
	});
	console.log(`\nVS Code with Familiar is at\n\n  ${workbenchAddress(server.port, sample.workspace)}\n`);
	console.log(`The workspace is a copy: ${sample.workspace}\nCtrl+C ends it.`);
}
