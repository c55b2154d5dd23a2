/** A run from its order to its adapter: the whole story, top to bottom. Over 300 lines because it is one story. */

import { throwIfAborted } from '../../inference/cancel';
import { messageOf } from '../../inference/failure';
import { fingerprint } from '../../inference/gguf/fingerprint';
import { writeAdapter } from '../adapter/adapterFile';
import type { AdapterContent } from '../adapter/content';
import { OutOfMemory } from '../ggml/device';
import type { Estimate, Evaluation, Finished, RunOrder } from '../job/messages';
import { settingsProblem } from '../settings';
import { readBaseHeader, sameBase } from './baseHeader';
import { namesOf, restoreCheckpoint, setAside, writeCheckpoint } from './checkpoint';
import type { Control } from './control';
import { HeldOut } from './heldOut';
import { kernelsOf, productTimes } from './kernels';
import { weightOf } from './learner';
import { type LoadingContext, loadLearner } from './loading';
import { planMemory } from './memoryPlan';
import { type Cursor, looksBetween } from './plan';
import { seedFor } from './random';
import { fixedSettings, newestCheckpoint, settingsAsBefore, tellChanges } from './resume';
import { rowsOfEpoch } from './rows';
import { readRunData, tokensOf } from './runData';
import { RunFailure } from './runFailure';
import { rateFactor } from './schedule';
import { startFrom } from './startFrom';
import { timeRows } from './timing';

/** Steps in a row whose loss is not finite before the run gives up. */
const MOST_FAILURES = 3;

interface LoopContext extends LoadingContext {
	readonly control: Control;
	/** Gets what writes a checkpoint, safe to be called between any two events. */
	readonly onCheckpointer: (write: () => void) => void;
	/** Version of Familiar. */
	readonly version: string;
	/** Bytes that are free before anything is loaded. */
	readonly freeBytes: number;
}

/**
 * @throws RunFailure for what the user can do something about; AbortError when it was cancelled.
 */
export async function runTraining(
	order: RunOrder,
	resume: boolean,
	context: LoopContext,
	signal: AbortSignal,
): Promise<Finished> {
	const { settings } = order;
	const { device, say, control } = context;
	const problem = settingsProblem(settings);
	if (problem !== undefined) {
		throw new RunFailure('settings', problem);
	}

	say({ type: 'phase', phase: 'checking', detail: order.basePath });
	const { shape, header } = await readBaseHeader(order.basePath);
	const { dataset, plan } = await readRunData(order, shape.vocabulary, signal);
	const checkpoint = resume ? newestCheckpoint(order, dataset, say) : undefined;
	plan.keep(checkpoint?.header.rowsPerStep);
	const asBefore = settingsAsBefore(settings, checkpoint?.header);
	const measure = () => productTimes(device, shape);
	const fastest = await kernelsOf(device, shape, order.cacheFolder, checkpoint?.header.kernels, measure);
	const memory = planMemory(shape, header.tensors, asBefore, dataset, device, context.freeBytes, fastest);
	const { kernels } = memory;
	const estimateAt = (steps: number, stepMilliseconds?: number, lookMilliseconds?: number): Estimate => ({
		...memory.estimate,
		...plan.sizeOf(steps),
		stepMilliseconds,
		lookMilliseconds,
	});
	const expected = checkpoint?.header.steps ?? plan.steps(undefined);
	say({ type: 'estimate', estimate: estimateAt(expected) });
	if (memory.refusal !== undefined) {
		throw new RunFailure('memory', memory.refusal);
	}
	tellChanges(checkpoint?.header, memory, say);

	say({ type: 'phase', phase: 'fingerprint', detail: order.basePath });
	const base = await fingerprint(order.basePath, order.cacheFolder, signal);
	sameBase(order.basePath, base, checkpoint?.header.base ?? base);

	say({ type: 'phase', phase: 'loading', detail: shape.name });
	const started = performance.now();
	const learner = await loadLearner(
		order.basePath,
		context,
		{
			settings,
			kernels,
			checkpointing: memory.estimate.gradientCheckpointing,
			tokens: tokensOf(dataset),
			random: checkpoint?.header.random ?? seedFor(settings.seed, 'dropout'),
		},
		signal,
	);
	let onShortage: () => void = () => undefined;
	try {
		// It may have changed while it was loaded.
		sameBase(order.basePath, await fingerprint(order.basePath, order.cacheFolder, signal), base);
		say({
			type: 'log',
			level: 'info',
			text: `${shape.name}: ${[...learner.base.layout].map(([where, count]) => `${count} × ${where}`).join(', ')}; loaded in ${((performance.now() - started) / 1000).toFixed(1)} s`,
		});
		const heldOut = new HeldOut(rowsOfEpoch(dataset.heldOut, { ...settings, epoch: 0 }), dataset.heldOut, {
			learner,
			control,
			say,
		});
		let before: Evaluation;
		let steps: number;
		/** Milliseconds of the run's time that looks take; unknown in a run that goes on. */
		let reserved = 0;
		if (checkpoint === undefined) {
			before = await heldOut.look(0);
			startFrom(order.from, learner.lora, base);
			const each = heldOut.milliseconds;
			const stepMilliseconds = plan.fit(await timeRows(plan, learner, control, say), 2 * each);
			const most = plan.steps(stepMilliseconds, 2 * each);
			const looks = 1 + looksBetween(0, most, plan.evaluateEvery(most, heldOut.rows));
			reserved = (1 + looks) * each;
			steps = plan.steps(stepMilliseconds, reserved);
			say({ type: 'estimate', estimate: estimateAt(steps, stepMilliseconds, looks * each) });
		} else {
			restoreCheckpoint(checkpoint.file, checkpoint.header, device, learner.optimizer);
			({ before, steps } = checkpoint.header);
			say({ type: 'log', level: 'info', text: `Resumed from step ${checkpoint.header.step} of ${steps}.` });
		}

		const lookEvery = plan.evaluateEvery(steps, heldOut.rows);
		const state = {
			step: checkpoint?.header.step ?? 0,
			epoch: checkpoint?.header.epoch ?? 0,
			row: checkpoint?.header.row ?? 0,
			rate: checkpoint?.header.rate ?? 1,
			skipped: checkpoint?.header.skipped ?? 0,
			tokens: checkpoint?.header.tokens ?? 0,
			seconds: checkpoint?.header.seconds ?? 0,
			random: learner.random.state,
		};
		let isFirst = true;
		const save = () => {
			try {
				if (isFirst) {
					setAside(order.runFolder, checkpoint?.header.step ?? 0);
					isFirst = false;
				}
				const path = writeCheckpoint(
					order.runFolder,
					{
						version: 1,
						base,
						dataset: dataset.hash,
						settings: fixedSettings(settings),
						steps,
						rowsPerStep: plan.rowsPerStep,
						...state,
						optimizerStep: learner.optimizer.step,
						before,
						kernels,
						checkpointing: memory.estimate.gradientCheckpointing,
						tensors: namesOf(learner.optimizer),
					},
					device,
					learner.optimizer,
				);
				say({ type: 'checkpoint', step: state.step, path });
			} catch (error) {
				say({ type: 'log', level: 'warn', text: messageOf(error) });
			}
		};
		context.onCheckpointer(save);
		onShortage = save;

		say({ type: 'phase', phase: 'training', detail: '' });
		let failures = 0;
		let saved = performance.now();
		while (state.step < steps) {
			throwIfAborted(signal);
			const { rows, cursor } = plan.next({ epoch: state.epoch, row: state.row } satisfies Cursor);
			const norm = rows.reduce((sum, row) => sum + weightOf(row), 0);
			let loss = 0;
			let milliseconds = 0;
			for (const row of rows) {
				loss += await control.run(async (interrupt) => {
					const begun = performance.now();
					const part = await learner.train(row, norm, interrupt);
					milliseconds += performance.now() - begun;
					return part;
				});
			}
			const begun = performance.now();
			const gradientNorm = learner.optimizer.gradientNorm();
			const learningRate =
				settings.learningRate * state.rate * rateFactor(state.step, steps, settings.warmupShare);
			const isSound = Number.isFinite(loss) && Number.isFinite(gradientNorm);
			if (isSound) {
				learner.optimizer.update(learningRate, gradientNorm);
				failures = 0;
			} else {
				learner.optimizer.clearGradients();
				failures++;
				state.skipped++;
				state.rate /= 2;
				say({
					type: 'log',
					level: 'warn',
					text: `Step ${state.step + 1} gave no finite loss; it is skipped, and the learning rate is halved.`,
				});
			}
			state.step++;
			state.epoch = cursor.epoch;
			state.row = cursor.row;
			state.tokens += rows.reduce((sum, row) => sum + row.used, 0);
			state.random = learner.random.state;
			const seconds = (milliseconds + performance.now() - begun) / 1000;
			state.seconds += seconds;
			steps = plan.stepsLeft(state.step, steps, state.seconds, reserved);
			const looksLeft = 1 + looksBetween(state.step, steps, lookEvery);
			say({
				type: 'progress',
				progress: {
					step: state.step,
					steps,
					loss: isSound ? loss : undefined,
					learningRate,
					gradientNorm: isSound ? gradientNorm : 0,
					tokens: state.tokens,
					tokensPerSecond: rows.reduce((sum, row) => sum + row.used, 0) / seconds,
					secondsLeft:
						(state.seconds / state.step) * (steps - state.step) + (looksLeft * heldOut.milliseconds) / 1000,
				},
			});
			if (failures >= MOST_FAILURES) {
				throw new RunFailure(
					'not-finite',
					`${MOST_FAILURES} steps in a row gave no finite loss, although the learning rate was halved each time. Start again with a lower learning rate; the last checkpoint is kept.`,
				);
			}
			if (performance.now() - saved > settings.checkpointMinutes * 60_000) {
				save();
				saved = performance.now();
			}
			if (lookEvery > 0 && state.step % lookEvery === 0 && state.step < steps) {
				await heldOut.look(state.step);
				say({ type: 'phase', phase: 'training', detail: '' });
			}
		}
		save();
		const after = await heldOut.look(state.step);

		say({ type: 'phase', phase: 'saving', detail: order.adapterFolder });
		const role = dataset.header.kind === 'chat' ? { role: 'chat' as const } : {};
		const content: AdapterContent = {
			architecture: shape.architecture,
			alpha: learner.lora.alpha,
			matrices: learner.lora.content(),
			facts: {
				name: order.name,
				base,
				baseName: shape.name,
				promptFormat: dataset.header.promptFormat,
				dataset: dataset.hash,
				run: {
					lossBefore: before.loss,
					lossAfter: after.loss,
					steps: state.step,
					tokens: state.tokens,
					seconds: state.seconds,
					created: new Date().toISOString(),
					repositories: dataset.header.repositories,
				},
				settings: JSON.stringify(settings),
				versions: `Familiar ${context.version}, ggml ${device.ggml.version}`,
				...role,
			},
		};
		const adapterPath = writeAdapter(device.ggml, content, order.adapterFolder);
		return {
			adapterPath,
			before,
			after,
			steps: state.step,
			tokens: state.tokens,
			seconds: state.seconds,
			skipped: state.skipped,
			peakBytes: process.resourceUsage().maxRSS * 1024,
			dataTokens: dataset.header.train.tokens,
			...role,
		};
	} catch (error) {
		if (error instanceof OutOfMemory) {
			onShortage();
		}
		throw error;
	} finally {
		context.onCheckpointer(() => undefined);
		learner.dispose();
	}
}
