/** All stages of one model; what takes minutes is kept as soon as it is done. */

import * as fs from 'node:fs';
import { fileHash } from '../../../src/finetune/training/fileHash';
import { HOST_FILE, withModel } from '../../../test/bench/models';
import { answerBlocks, blockFigures, isBlockAnswers, parsingFiles } from './blockHoles';
import { fingerprintOf, type HeldOutFile } from './heldOut';
import { answerLines, isLineAnswers, isWithinWord, type LineAnswer, lineFigures } from './lineHoles';
import { type BitsFigures, isBitsFigures, joinBits, modelBits } from './modelBits';
import type { EvaluationOptions, Stage } from './options';
import { blockPlaces, linePlaces } from './places';
import { progressOf } from './progress';
import { type Ingredients, remembered } from './remembered';
import type { ModelReport } from './report';
import { speedFigures } from './speed';
import { FRONT, groupsOf } from './sums';

/** Share of the holes in front that are drawn in Python, which the starter learns as well. */
const PYTHON_SHARE = 1 / 4;

export interface MeasuredModel {
	readonly name: string;
	/** Path of the GGUF. */
	readonly file: string;
}

/**
 * @param folder where results are kept.
 * @throws Error with the reason why the model cannot be measured, or an AbortError: what was done is kept.
 */
export async function measureModel(
	{ name, file }: MeasuredModel,
	files: readonly HeldOutFile[],
	options: EvaluationOptions,
	folder: string,
	signal: AbortSignal,
): Promise<ModelReport> {
	const sha256 = fileHash(file).toString('hex');
	const held = fingerprintOf(files);
	const inStage = async <T>(stage: Stage, work: () => Promise<T>): Promise<T | undefined> =>
		options.stages.includes(stage) ? work() : undefined;
	const ingredients = (more: Ingredients): Ingredients => ({ sha256, held, ...more });
	// What is written depends on how the host asks and chooses, as well: another one is measured anew.
	const written = (more: Ingredients): Ingredients =>
		ingredients({ host: fileHash(HOST_FILE).toString('hex'), ...more });
	const groups = groupsOf(files);
	const front = groups.get(FRONT) ?? [];
	const bits = await inStage('bits', async () => {
		const parts: BitsFigures[] = [];
		for (const [language, own] of groups) {
			if (language !== FRONT) {
				const made = ingredients({ context: options.context, language });
				parts.push(
					await remembered(folder, 'bits', made, isBitsFigures, () => {
						const say = progressOf(`${name}: bits per byte of ${language}`);
						const onProgress = (share: number) => say(`${(100 * share).toFixed(0)} %`);
						return modelBits(file, own, { ...options, onProgress }, signal);
					}),
				);
			}
		}
		return joinBits(parts);
	});
	const { promptTokens, holes } = options;
	const lines = await inStage('lines', async () => {
		const answers = await remembered(folder, 'lines', written({ holes, promptTokens }), isLineAnswers, () => {
			const places = [
				...linePlaces(front, holes),
				...linePlaces(groups.get('python') ?? [], Math.ceil(holes * PYTHON_SHARE)),
			];
			const say = progressOf(`${name}: rests of lines`);
			return withModel(file, ({ client }) =>
				answerLines(client, places, promptTokens, (count) => say(`${count} of ${places.length}`), signal),
			);
		});
		return linesByGroup(answers, groups);
	});
	const blocks = await inStage('blocks', async () => {
		const made = { blocks: options.blocks, promptTokens };
		const answers = await remembered(folder, 'blocks', written(made), isBlockAnswers, async () => {
			const places = blockPlaces(await parsingFiles(front), options.blocks);
			const say = progressOf(`${name}: blocks`);
			return withModel(file, ({ client }) =>
				answerBlocks(client, places, promptTokens, (count) => say(`${count} of ${places.length}`), signal),
			);
		});
		return blockFigures(answers);
	});
	// Never kept: it depends on what else runs.
	const speed = await inStage('speed', () => {
		progressOf(`${name}: speed`);
		return speedFigures(file, signal);
	});
	return { name, sha256, fileBytes: fs.statSync(file).size, bits, lines, blocks, speed };
}

function linesByGroup(
	answers: readonly LineAnswer[],
	groups: ReadonlyMap<string, readonly HeldOutFile[]>,
): ModelReport['lines'] {
	const parts = [...groups].map(([group, files]) => {
		const languages = new Set(files.map(({ language }) => language));
		return [group, answers.filter(({ language }) => languages.has(language))] as const;
	});
	const front = parts.find(([group]) => group === FRONT)?.[1] ?? [];
	// Within a word, what was typed ends in tokens that the whole word does not have.
	const places = [
		[`${FRONT}, within a word`, front.filter(isWithinWord)],
		[`${FRONT}, elsewhere`, front.filter((answer) => !isWithinWord(answer))],
	] as const;
	return Object.fromEntries(
		[...parts, ...places].flatMap(([group, own]) =>
			own.length === 0
				? []
				: [[group, { typed: lineFigures(own, 'typed'), prefix: lineFigures(own, 'prefix') }]],
		),
	);
}
