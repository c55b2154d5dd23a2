/** A temporary folder with a copy of the sample workspace, so that nobody's edits reach the checkout. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { root } from './install.mjs';

/**
 * @returns {{ folder: string, workspace: string, userData: string, extensions: string, remove(): void }} short paths:
 *   VS Code keeps sockets below userData, and Linux allows 107 bytes for a socket's path.
 */
export function makeSample() {
	const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-'));
	const workspace = path.join(folder, 'workspace');
	fs.cpSync(path.join(root, 'test/fixtures/workspace'), workspace, { recursive: true });
	return {
		folder,
		workspace,
		userData: path.join(folder, 'data'),
		extensions: path.join(folder, 'extensions'),
		remove: () => fs.rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 }),
	};
}
