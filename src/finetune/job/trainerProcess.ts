/** One trainer process: started at low priority, spoken to, watched, and its end told in words. */

import { type ChildProcess, spawn } from 'node:child_process';
import * as os from 'node:os';
import { Heartbeat } from '../../inference/client/heartbeat';
import { endOf, type HostEnd, hostEnvironment, readLines } from '../../inference/client/launch';
import type { Log } from '../../inference/model';
import type { Translate } from '../../inference/statusText';
import { fromTrainer } from './messageShapes';
import type { FromTrainer, ToTrainer } from './messages';

/** Characters of its error output that are kept for the report of a crash. */
const KEPT_CHARACTERS = 8 * 1024;

/** Messages that are not understood of which the log tells. */
const TOLD_RUBBISH = 3;

/** The messages after which there is nothing left to do. */
const LAST: readonly FromTrainer['type'][] = ['finished', 'cancelled', 'failed', 'imported', 'exported'];

/** What native code prints when it ends itself; the lines after it are a stack. */
const NATIVE_ABORT =
	/GGML_ASSERT|GGML_ABORT|ggml_abort|fatal error|terminate called|what\(\):|out of memory/i;

/** What Node prints of an error that nobody caught; its own version follows. */
const UNCAUGHT = /^(Uncaught )?\w*Error\b/;

/** How long things may take, in milliseconds. */
export interface TrainerLimits {
	/** From `cancel`, or from its last message, to its end; then it is killed. Default 5,000. */
	readonly farewell: number;
	/** Silence, machine awake and training not paused, that is reported. Default 120,000. */
	readonly silence: number;
	/** Between two looks at the silence; default 5,000. */
	readonly tick: number;
}

const DEFAULT_LIMITS: TrainerLimits = { farewell: 5_000, silence: 120_000, tick: 5_000 };

/** How trainers are started. */
export interface TrainerLaunch {
	/** Absolute path of trainer.mjs. */
	readonly trainerFile: string;
	/** Another Node for the trainer; undefined takes the one that runs this process. */
	readonly nodePath: string | undefined;
	/** Absolute path of the folder of packs for GPUs, which need not be there; default: none are looked for. */
	readonly packsFolder?: string;
	readonly log: Log;
	readonly limits?: Partial<TrainerLimits>;
	/** For what the editor says of its end; default: English. */
	readonly translate?: Translate;
}

interface TrainerOptions extends TrainerLaunch {
	/** Every message that has the right shape; none after `ended`. */
	readonly onMessage: (message: FromTrainer) => void;
	/** `true`: it seems to hang; nothing is done about it. `false`: it has spoken again. */
	readonly onSilent: (isSilent: boolean) => void;
}

export interface TrainerEnd extends HostEnd {
	/** The line that tells of a failed assertion, else the last one; undefined when it printed nothing. */
	readonly lastWords: string | undefined;
}

export class TrainerProcess {
	/** Settles once, when the process is gone and all it sent has been delivered. Never rejects. */
	readonly ended: Promise<TrainerEnd>;
	private readonly child: ChildProcess;
	private readonly limits: TrainerLimits;
	private readonly lines: string[] = [];
	private characters = 0;
	private heartbeat: Heartbeat | undefined;
	private isOver = false;
	private isPaused = false;
	private wasSilent = false;
	private rubbish = 0;
	private farewell: NodeJS.Timeout | undefined;

	/** @throws Error when the process cannot even be asked for; one that does not start settles `ended`. */
	constructor(private readonly options: TrainerOptions) {
		this.limits = { ...DEFAULT_LIMITS, ...options.limits };
		const { trainerFile, packsFolder } = options;
		const words = packsFolder === undefined ? [trainerFile] : [trainerFile, packsFolder];
		this.child = spawn(options.nodePath ?? process.execPath, words, {
			// None of the editor's secrets get in, so none can come out in its error output.
			env: hostEnvironment(process.env),
			stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
			windowsHide: true,
		});
		this.lowerPriority();
		readLines(this.child, (line) => this.keep(line));
		this.child.on('message', (value: unknown) => this.receive(value));
		// `endOf` listens once; a second error, such as a signal that could not be sent, must not end the editor.
		this.child.on('error', (error) => options.log.warn(`trainer: ${error.message}`));
		this.ended = endOf(this.child).then((end) => {
			this.isOver = true;
			this.heartbeat?.dispose();
			clearTimeout(this.farewell);
			this.child.removeAllListeners('message');
			return { ...end, lastWords: tellingLine(this.lines) };
		});
		this.watch();
	}

	get pid(): number | undefined {
		return this.child.pid;
	}

	/** A message to a process that is gone is lost: `ended` tells of its end. */
	send(message: ToTrainer): void {
		if (this.child.connected) {
			this.child.send(message, (error) => {
				if (error !== null) {
					this.options.log.trace(`trainer: ${message.type} was not delivered: ${error.message}`);
				}
			});
		}
		if (message.type === 'resume') {
			// From now on it is expected to speak.
			this.isPaused = false;
			this.watch();
		}
	}

	/** Asks it to end, and ends it when it does not. */
	cancel(): void {
		this.send({ type: 'cancel' });
		this.killLater();
	}

	/** Closes the channel, as the end of the editor does: the trainer writes a checkpoint and ends by itself. */
	leave(): void {
		if (this.child.connected) {
			this.child.disconnect();
		}
	}

	/** Ends it at once; what it did since its last checkpoint is lost. */
	kill(): void {
		this.child.kill('SIGKILL');
	}

	private lowerPriority(): void {
		if (this.child.pid !== undefined) {
			try {
				os.setPriority(this.child.pid, os.constants.priority.PRIORITY_BELOW_NORMAL);
			} catch (error) {
				this.options.log.trace(`trainer: its priority stays normal: ${String(error)}`);
			}
		}
	}

	private keep(line: string): void {
		this.options.log.trace(`trainer: ${line}`);
		this.lines.push(line);
		this.characters += line.length;
		while (this.characters > KEPT_CHARACTERS) {
			this.characters -= this.lines.shift()?.length ?? this.characters;
		}
	}

	private receive(value: unknown): void {
		this.watch();
		if (!fromTrainer(value)) {
			this.rubbish++;
			if (this.rubbish <= TOLD_RUBBISH) {
				const last = this.rubbish === TOLD_RUBBISH ? '; more of them will not be told' : '';
				this.options.log.warn(`trainer: a message that is not understood was dropped${last}`);
			}
			return;
		}
		if (value.type === 'paused' || value.type === 'running') {
			this.isPaused = value.type === 'paused';
		}
		if (LAST.includes(value.type)) {
			this.killLater();
		}
		this.options.onMessage(value);
	}

	/** Starts to wait for a sign of life anew. */
	private watch(): void {
		if (this.heartbeat !== undefined || this.isOver) {
			this.heartbeat?.tick();
			return;
		}
		this.heartbeat = new Heartbeat({
			tickMilliseconds: this.limits.tick,
			patience: () => (this.isPaused ? Number.POSITIVE_INFINITY : this.limits.silence),
			onSilent: () => {
				this.heartbeat = undefined;
				this.wasSilent = true;
				this.options.onSilent(true);
			},
		});
		if (this.wasSilent) {
			this.wasSilent = false;
			this.options.onSilent(false);
		}
	}

	private killLater(): void {
		this.farewell ??= setTimeout(() => this.kill(), this.limits.farewell);
	}
}

function tellingLine(lines: readonly string[]): string | undefined {
	return (
		lines.findLast((line) => NATIVE_ABORT.test(line)) ??
		lines.findLast((line) => UNCAUGHT.test(line)) ??
		lines.at(-1)
	);
}
