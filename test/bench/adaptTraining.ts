/** What the product does between the command and the adapter, without an editor: audit, dataset, trainer process. */
import * as path from 'node:path';
import { AuditWorker } from '../../src/finetune/corpus/auditWorker';
import type { Audit, Repository } from '../../src/finetune/corpus/verdict';
import { buildDataset } from '../../src/finetune/dataset/build';
import { writeDataset } from '../../src/finetune/dataset/datasetFile';
import type { DatasetHeader, LossOn } from '../../src/finetune/dataset/sample';
import { drawInWorker } from '../../src/finetune/dataset/sampleWorker';
import type { Estimate, Finished } from '../../src/finetune/job/messages';
import { TrainingRun } from '../../src/finetune/job/run';
import type { RunView } from '../../src/finetune/job/runRecord';
import { RunStore } from '../../src/finetune/job/runStore';
import { corpusSize, passesFor } from '../../src/finetune/panel/plan';
import type { TrainingSettings } from '../../src/finetune/settings';
import { throwIfAborted } from '../../src/inference/cancel';
import type { Log, Model } from '../../src/inference/model';

export interface TrainingOrder {
	readonly audit: Audit;
	/** Gives the tokens; must be ready. */
	readonly model: Pick<Model, 'state' | 'encode'>;
	/** Absolute path of the GGUF that is loaded. */
	readonly basePath: string;
	readonly settings: TrainingSettings;
	readonly lossOn: LossOn;
	/** 0 = as the product chooses. */
	readonly passes: number;
	/** Absolute path of the folder for the run and its adapter. */
	readonly folder: string;
	/** Absolute path of the built trainer. */
	readonly trainerFile: string;
	readonly log: Log;
}

export interface Trained {
	readonly result: Finished;
	readonly header: DatasetHeader;
	readonly passes: number;
	/** What the user would be told of the data. */
	readonly notes: readonly string[];
	readonly estimate: Estimate | undefined;
}

/** Milliseconds between two signs of life on the terminal. */
const TELL_EVERY = 30_000;

/** @throws RepositoryError, or an AbortError */
export function auditRepository(repository: Repository, script: string, signal: AbortSignal): Promise<Audit> {
	return new AuditWorker(script).audit(
		{ repositories: [repository], basePath: undefined },
		() => undefined,
		signal,
	);
}

/** A run that has begun, and what it learns from. */
interface Begun extends Pick<Trained, 'header' | 'passes' | 'notes'> {
	readonly run: TrainingRun;
}

export async function beginTraining(order: TrainingOrder, signal: AbortSignal): Promise<Begun> {
	const { audit, model, basePath, settings, lossOn, folder, log } = order;
	const passes = order.passes > 0 ? order.passes : passesFor(corpusSize(audit).characters);
	const dist = path.dirname(order.trainerFile);
	const draw = drawInWorker(path.join(dist, 'sampleWorker.js'), dist);
	const options = { lossOn, seed: settings.seed, longest: settings.sequenceLength, passes, draw };
	const { notes, ...dataset } = await buildDataset(audit, model, options, () => undefined, signal);
	const claim = await new RunStore(path.join(folder, 'runs'), log).claim();
	const datasetPath = path.join(claim.run.path, 'dataset.fds');
	await writeDataset(datasetPath, dataset, signal);
	const run = await TrainingRun.start({
		claim,
		order: {
			version: 1,
			runFolder: claim.run.path,
			basePath,
			datasetPath,
			adapterFolder: path.join(folder, 'adapters'),
			cacheFolder: folder,
			name: audit.repositories.map((repository) => repository.name).join(', '),
			settings,
		},
		resume: false,
		trainer: { trainerFile: order.trainerFile, nodePath: undefined, log },
		// A bench runs on battery too.
		power: async () => 'mains',
	});
	return { run, header: dataset.header, passes, notes };
}

/** @throws Error with the reason when nothing could be trained; an AbortError, with the trainer gone */
export async function trainAdapter(order: TrainingOrder, signal: AbortSignal): Promise<Trained> {
	const { run, ...begun } = await beginTraining(order, signal);
	const { result, problem, estimate } = await ended(run, order.log, signal);
	if (result === undefined) {
		throw new Error(`The training did not finish: ${problem?.message ?? 'it was cancelled'}`);
	}
	return { ...begun, result, estimate };
}

/** Waits for the end of the run, and tells now and then how far it is. */
async function ended(run: TrainingRun, log: Log, signal: AbortSignal): Promise<RunView> {
	const cancel = () => run.cancel();
	signal.addEventListener('abort', cancel, { once: true });
	const telling = setInterval(() => {
		const { phase, progress } = run.view;
		const loss = progress?.loss?.toFixed(3) ?? '';
		log.info(
			`${phase ?? 'starting'}: step ${progress?.step ?? 0} of ${progress?.steps ?? '?'}, loss ${loss}`,
		);
	}, TELL_EVERY);
	if (signal.aborted) {
		run.cancel();
	}
	try {
		const view = await run.done;
		throwIfAborted(signal);
		return view;
	} finally {
		clearInterval(telling);
		signal.removeEventListener('abort', cancel);
	}
}
