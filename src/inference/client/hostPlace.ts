/** Where a client finds or starts its host: the folder of the socket, the program, the limits of time. */

import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import type { Log } from '../model';
import { MAX_GROUP } from './endpoint';
import type { HostOptions } from './hostLife';
import type { HostLimits } from './hostLimits';
import { openRuntimeFolder, runtimeFolderCandidates } from './runtimeFolder';

export interface HostPlaceOptions {
	/** Absolute path of host.mjs. */
	readonly hostFile: string;
	/**
	 * Another Node for the host, asked for at each start; default, and for '': the one that runs this process. Clients share
	 * a host with those of the same Node only.
	 */
	readonly nodePath?: () => string;
	/** Version of the extension, told to the host; default `unknown`. */
	readonly version?: string;
	/** Folders to try for the socket; default: the user's own runtime folder, then one for temporary files. */
	readonly runtimeFolders?: readonly string[];
	readonly log: Log;
	readonly limits: HostLimits;
}

export class HostPlace {
	private folder: string | undefined;

	constructor(private readonly options: HostPlaceOptions) {}

	/** Asked before each start: the folder may have to be made again. Throws an Error when there is no place for one. */
	get hostOptions(): HostOptions {
		const { hostFile, version, log, limits } = this.options;
		const nodePath = this.options.nodePath?.() ?? '';
		if (this.folder === undefined || !fs.existsSync(this.folder)) {
			this.folder = openRuntimeFolder(this.candidates, log);
		}
		return {
			hostFile,
			nodePath: nodePath === '' ? undefined : nodePath,
			version: version ?? 'unknown',
			folder: this.folder,
			group: groupOf(nodePath),
			log,
			limits,
		};
	}

	/** Whether other clients look for a host in the same folder; the last resort is a folder of one client alone. */
	get isShared(): boolean {
		return this.folder === undefined || this.candidates.includes(this.folder);
	}

	/** Removes a folder that was made for this client alone. */
	remove(): void {
		if (this.folder !== undefined && !this.isShared) {
			fs.rmSync(this.folder, { recursive: true, force: true });
		}
	}

	private get candidates(): readonly string[] {
		return this.options.runtimeFolders ?? runtimeFolderCandidates(process.env);
	}
}

/**
 * A host of another Node is another one's: whoever names a Node must not end up with a host that somebody started before
 * that, and that is still in use.
 */
function groupOf(nodePath: string): string {
	return nodePath === '' ? '' : createHash('sha256').update(nodePath).digest('hex').slice(0, MAX_GROUP);
}
