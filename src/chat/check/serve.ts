/** The checking process: answers one request after the other, and ends when nobody asks any more. */

import { messageOf } from '../../inference/failure';
import { type CheckReply, type CheckRequest, type Compiler, isCheckRequest, type Problem } from './checking';
import { classicChecker } from './classic';
import { nativeChecker } from './native';
import { Overlay } from './overlay';

/** Milliseconds without a request after which the process ends: a compiler with a project holds much memory. */
const IDLE_TIME = 60_000;

/** The part of Node's `process` that is needed. */
interface Channel {
	on(event: 'message', listener: (message: unknown) => void): unknown;
	once(event: 'disconnect', listener: () => void): unknown;
	send?(message: CheckReply): boolean;
	exit(code: number): void;
}

type Check = (file: string, text: string) => Problem[];

interface Loader {
	load(compiler: Compiler): Promise<Check>;
	forget(compiler: Compiler): void;
}

/** @param idleTime milliseconds; default a minute. */
export function serveChecks(channel: Channel, idleTime = IDLE_TIME): void {
	const overlay = new Overlay();
	const loaded = new Map<string, Promise<Check>>();
	const loader: Loader = {
		load(compiler) {
			const known = loaded.get(compiler.folder) ?? load(compiler, overlay);
			loaded.set(compiler.folder, known);
			return known;
		},
		forget: (compiler) => loaded.delete(compiler.folder),
	};
	let timer: NodeJS.Timeout | undefined;
	const end = () => {
		clearTimeout(timer);
		channel.exit(0);
	};
	timer = setTimeout(end, idleTime);
	let last: Promise<void> = Promise.resolve();
	channel.once('disconnect', end);
	channel.on('message', (message) => {
		if (!isCheckRequest(message)) {
			console.error('a request that is not understood was dropped');
			return;
		}
		clearTimeout(timer);
		last = last.then(async () => {
			const reply = await answer(message, overlay, loader);
			channel.send?.(reply);
			clearTimeout(timer);
			timer = setTimeout(end, idleTime);
		});
	});
}

async function load(compiler: Compiler, overlay: Overlay): Promise<Check> {
	return compiler.kind === 'native' ? nativeChecker(compiler, overlay) : classicChecker(compiler, overlay);
}

/** Never rejects: a compiler that fails leaves the check to the next. */
async function answer(
	{ id, compilers, file, before, after, open }: CheckRequest,
	overlay: Overlay,
	loader: Loader,
): Promise<CheckReply> {
	const reasons: string[] = [];
	for (const compiler of compilers) {
		try {
			const check = await loader.load(compiler);
			const problemsOf = (text: string) => {
				overlay.replace([...open, { file, text }]);
				return check(file, text);
			};
			return {
				id,
				type: 'checked',
				version: compiler.version,
				before: problemsOf(before),
				after: problemsOf(after),
			};
		} catch (error) {
			// A program that went away stays away: the next request starts it anew.
			loader.forget(compiler);
			reasons.push(messageOf(error));
		}
	}
	return { id, type: 'failed', reason: (reasons[0] ?? 'There is no compiler').slice(0, 1_000) };
}
