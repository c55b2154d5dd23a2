/** Makes a plan of what the user has answered; its data are conversations about the workspace, in the run's folder. */

import * as path from 'node:path';
import type { Generator, Model, ModelDescription } from '../../inference/model';
import type { Translate } from '../../inference/statusText';
import type { Settings } from '../../manifest';
import type { Audit } from '../corpus/verdict';
import { DatasetError } from '../dataset/datasetError';
import { writeDataset } from '../dataset/datasetFile';
import { JUDGED } from '../job/runFolder';
import { formatCount } from '../panel/format';
import { type OnPrepared, type Plan, type PreparedData, trainingSettings } from '../panel/plan';
import { buildChatDataset, judgedChat } from './build';
import type { CollectProgress } from './collect';
import type { InstructWorker } from './instructWorker';
import type { PairKind } from './pair';
import type { Selected } from './select';
import { type TeacherOptions, teach } from './teacher';
import { writeJudgedChats } from './testChats';

/** What the user has chosen. */
export interface ChatAnswers {
	readonly audit: Audit;
	/** The model that is trained. */
	readonly base: Pick<ModelDescription, 'path' | 'parameters'>;
	/** 0 = until all data was seen. */
	readonly minutes: number;
	readonly kinds: readonly PairKind[];
	/** Undefined: nobody writes questions and answers about the code. */
	readonly teacher: (TeacherOptions & { readonly model: Pick<Generator, 'chat'> }) | undefined;
}

export interface ChatParts {
	/** Gives the tokens. */
	readonly model: Pick<Model, 'state' | 'encodeChats'>;
	readonly worker: Pick<InstructWorker, 'collect' | 'select'>;
	/** What chat tells the model before each conversation; '' = nothing. */
	readonly system: string;
	readonly translate: Translate;
}

/** Passes over the data where the user has set no other: there are few, and each is said in one way only. */
const EPOCHS = 3;
/** Conversations that judge, at most: more takes longer than it tells. */
const MOST_JUDGES = 500;
/** Of those that are learned, how many are put aside to see whether they come out by heart. */
const MOST_LEARNED = 200;

export function chatPlan(
	answers: ChatAnswers,
	parts: ChatParts,
	settings: Pick<Settings, 'backend' | 'fineTune'>,
): Plan {
	const { audit, base, minutes } = answers;
	const { translate } = parts;
	const training = trainingSettings(settings, minutes, base.parameters, translate);
	const epochs = settings.fineTune.advanced['epochs'] === undefined ? EPOCHS : training.epochs;
	const names = audit.repositories.map((repository) => repository.name).join(', ');
	return {
		name: translate('{0} (chat)', names),
		basePath: base.path,
		role: 'chat',
		settings: { ...training, epochs },
		prepare: (folder, onProgress, signal) =>
			prepareChats(
				answers,
				{ ...parts, seed: training.seed, longest: training.sequenceLength },
				folder,
				onProgress,
				signal,
			),
	};
}

/** @throws DatasetError, the error of the disk, or an AbortError. */
async function prepareChats(
	{ audit, kinds, teacher }: ChatAnswers,
	{
		model,
		worker,
		system,
		translate,
		seed,
		longest,
	}: ChatParts & { readonly seed: number; readonly longest: number },
	folder: string,
	onProgress: OnPrepared,
	signal: AbortSignal,
): Promise<PreparedData> {
	const stage = (progress: CollectProgress) =>
		onProgress(stageText(progress, translate), progress.done / Math.max(1, progress.all));
	const collected = await worker.collect(audit, { kinds, seeds: teacher?.most ?? 0 }, stage, signal);
	const taught =
		teacher === undefined
			? []
			: await teach(
					teacher.model,
					collected.seeds,
					teacher,
					(done, all) =>
						onProgress(
							translate('The teacher writes: {0} of {1} functions', formatCount(done), formatCount(all)),
							done / Math.max(1, all),
						),
					signal,
				);
	const selected = await worker.select([...collected.pairs, ...taught], seed, stage, signal);
	if (selected.test.length === 0) {
		throw new DatasetError(
			translate(
				'Too few questions and answers could be made of the workspace to hold any back for measuring. Open repositories with documented functions, tests or a history.',
			),
		);
	}
	const repositories = audit.repositories.map((repository) => repository.name);
	const { notes, ...dataset } = await buildChatDataset(
		selected,
		model,
		{ system: system === '' ? undefined : system, repositories, seed, longest, translate },
		(done, all) =>
			onProgress(
				translate('Sample {0} of {1}', formatCount(done), formatCount(all)),
				done / Math.max(1, all),
			),
		signal,
	);
	const file = path.join(folder, 'dataset.fds');
	await writeDataset(file, dataset, signal);
	for (const [name, pairs] of [
		[JUDGED.chatTest, spread(selected.test, MOST_JUDGES)],
		[JUDGED.chatValidation, spread(selected.validation, MOST_JUDGES)],
		[JUDGED.chatTrain, spread(selected.train, MOST_LEARNED)],
	] as const) {
		const chats = pairs.map((pair) => judgedChat(pair, system === '' ? undefined : system));
		await writeJudgedChats(folder, name, chats);
	}
	return { path: file, notes: [...collected.notes, ...leftOut(selected, translate), ...notes] };
}

/** At most so many, at even distances: pairs of one file and of one kind stand together. */
function spread<T>(items: readonly T[], most: number): readonly T[] {
	const stride = Math.max(1, items.length / most);
	return items.filter((_, index) => Math.floor(index / stride) !== Math.floor((index - 1) / stride));
}

function stageText({ stage, done, all }: CollectProgress, translate: Translate): string {
	const [count, of] = [formatCount(done), formatCount(all)];
	switch (stage) {
		case 'files':
			return translate('File {0} of {1}', count, of);
		case 'history':
			return translate('Commit {0} of {1}', count, of);
		case 'selection':
			return translate('Question {0} of {1}', count, of);
	}
}

function leftOut({ train, validation, test, out }: Selected, translate: Translate): readonly string[] {
	const of = (...reasons: readonly (keyof Selected['out'])[]) =>
		formatCount(reasons.reduce((sum, reason) => sum + (out[reason] ?? 0), 0));
	return [
		translate(
			'{0} questions and answers are learned from, {1} are held out. Left out: {2} copies, {3} with a secret, {4} too short or too long, {5} that say nothing, {6} that would show a held-out file.',
			formatCount(train.length),
			formatCount(validation.length + test.length),
			of('duplicate', 'near-duplicate'),
			of('secret'),
			of('short', 'long'),
			of('language', 'repetition', 'refusal', 'echo'),
			of('mixed'),
		),
	];
}
