/** The trainer's side of the channel: takes one order, does it, says how it ended, and leaves. */

import { fileURLToPath } from 'node:url';
import { isAbort } from '../../inference/cancel';
import { messageOf } from '../../inference/failure';
import type { Backend } from '../../inference/model';
import { UntrainableModel } from '../architectures/shape';
import { DatasetError } from '../dataset/datasetError';
import { Device, OutOfMemory } from '../ggml/device';
import { type Ggml, loadGgml } from '../ggml/ggml';
import { findLibraries, GgmlMissing } from '../ggml/libraries';
import { availableMemory } from '../job/memory';
import { toTrainer } from '../job/messageShapes';
import type { FromTrainer, RunOrder, ToTrainer } from '../job/messages';
import { AdapterFileError } from '../peft/adapterFileError';
import { checkpointsIn } from './checkpoint';
import { Control } from './control';
import { exportOrdered, importOrdered } from './convert';
import { trainingThreads } from './cores';
import { trainWhereItFits } from './fallback';
import { runTraining } from './loop';
import { RunFailure } from './runFailure';

/** The process, as far as a session needs it. */
interface TrainerHost {
	readonly version: string;
	/** URL of the entry: the platform packages lie beside it. */
	readonly from: string;
	/** Absolute path of the folder of packs for GPUs; undefined where none are looked for. */
	readonly packs?: string | undefined;
	/** Settles when the message is on its way, or cannot be sent any more. */
	send(message: FromTrainer): Promise<void>;
	onMessage(listener: (message: unknown) => void): void;
	onDisconnect(listener: () => void): void;
	exit(code: number): void;
}

/** Milliseconds between two signs of life: a single row of a large model may take minutes. */
const SIGN_OF_LIFE = 30_000;

export class TrainerSession {
	readonly #cancel = new AbortController();
	readonly #control: Control;
	#saveCheckpoint: () => void = () => undefined;
	#started = false;
	#phase: Extract<FromTrainer, { type: 'phase' }> | undefined;
	#sent: Promise<void> = Promise.resolve();

	constructor(private readonly host: TrainerHost) {
		this.#control = new Control(
			{
				onHold: (reason) => this.say({ type: 'paused', reason }),
				onRun: () => this.say({ type: 'running' }),
				onPause: () => this.#saveCheckpoint(),
			},
			this.#cancel.signal,
		);
		host.onMessage((message) => this.receive(message));
		host.onDisconnect(() => {
			// The editor is gone: what was learned is saved, and another window can go on.
			this.#saveCheckpoint();
			this.#cancel.abort();
		});
	}

	private receive(message: unknown): void {
		if (!toTrainer(message)) {
			console.error('the trainer does not understand a message');
			return;
		}
		switch (message.type) {
			case 'pause':
				this.#control.pause(message.reason);
				break;
			case 'resume':
				this.#control.resume();
				break;
			case 'yield':
				this.#control.yield(message.busy);
				break;
			case 'cancel':
				this.#cancel.abort();
				break;
			default:
				if (!this.#started) {
					this.#started = true;
					void this.work(message);
				}
		}
	}

	private async work(order: Extract<ToTrainer, { type: 'start' | 'import' | 'export' }>): Promise<void> {
		const alive = setInterval(() => this.#phase !== undefined && this.say(this.#phase), SIGN_OF_LIFE);
		try {
			this.say(await this.result(order));
		} catch (error) {
			this.say(isAbort(error) ? { type: 'cancelled' } : failureOf(error, order));
		} finally {
			clearInterval(alive);
			await this.#sent;
			// Threads of the native libraries must not keep a process that nobody needs.
			this.host.exit(0);
		}
	}

	private async result(
		message: Extract<ToTrainer, { type: 'start' | 'import' | 'export' }>,
	): Promise<FromTrainer> {
		switch (message.type) {
			case 'import':
				return importOrdered(this.open('cpu'), message, this.#cancel.signal);
			case 'export':
				return exportOrdered(message);
			case 'start':
				return { type: 'finished', result: await this.train(message.order, message.resume) };
		}
	}

	private async train(order: RunOrder, resume: boolean) {
		const { settings } = order;
		const ggml = this.open(settings.backend);
		const threads = trainingThreads(settings.threads);
		const chosen = Device.open(ggml, settings.backend, threads);
		const stage = chosen.isCpu ? chosen : Device.open(ggml, 'cpu', threads);
		const say = (message: FromTrainer) => this.say(message);
		const train = (device: Device, isStandIn: boolean) => {
			const text = `ggml ${ggml.version} on ${device.name} (${device.description}), ${threads} threads`;
			say({ type: 'log', level: 'info', text });
			return runTraining(
				order,
				// What was learned before the memory ran out is not learned again.
				resume || isStandIn,
				{
					device,
					stage,
					say,
					control: this.#control,
					onCheckpointer: (save) => {
						this.#saveCheckpoint = save;
					},
					version: this.host.version,
					freeBytes: device.isCpu ? availableMemory() : device.freeBytes,
				},
				this.#cancel.signal,
			);
		};
		const isOpen = settings.backend === 'auto' && !chosen.isCpu;
		return trainWhereItFits(chosen, isOpen ? stage : undefined, train, say);
	}

	/** The libraries of the first package that has a device of the kind; a CPU where `auto` finds no other. */
	private open(backend: Backend): Ggml {
		let last: unknown;
		let withoutGpu: Ggml | undefined;
		for (const files of findLibraries(fileURLToPath(this.host.from), backend, this.host.packs)) {
			try {
				const ggml = loadGgml(files);
				if (backend !== 'auto' || files.gpus.length === 0 || Device.hasGpu(ggml)) {
					return ggml;
				}
				withoutGpu = ggml;
			} catch (error) {
				last = error;
			}
		}
		if (withoutGpu !== undefined) {
			return withoutGpu;
		}
		throw last ?? new GgmlMissing(`No libraries of ggml were found for the backend ${backend}.`);
	}

	private say(message: FromTrainer): void {
		if (message.type === 'phase') {
			this.#phase = message;
		}
		this.#sent = this.#sent.then(() => this.host.send(message));
	}
}

function failureOf(
	error: unknown,
	order: Extract<ToTrainer, { type: 'start' | 'import' | 'export' }>,
): FromTrainer {
	const resumable = order.type === 'start' && checkpointsIn(order.order.runFolder).length > 0;
	const message = messageOf(error);
	if (error instanceof RunFailure) {
		return { type: 'failed', code: error.code, message, resumable };
	}
	const code =
		error instanceof OutOfMemory
			? 'memory'
			: error instanceof UntrainableModel
				? 'architecture'
				: error instanceof GgmlMissing
					? 'ggml'
					: error instanceof DatasetError
						? 'dataset'
						: error instanceof AdapterFileError
							? 'adapter'
							: 'unexpected';
	console.error(error);
	return { type: 'failed', code, message, resumable };
}
