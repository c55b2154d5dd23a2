/** Exports a fine-tune: prepares the data as for a run, in a folder of its own that is deleted, and has the rest written. */

import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import type { Model, ModelDescription } from '../../inference/model';
import type { Translate } from '../../inference/statusText';
import { NEAR } from '../corpus/copies';
import { REPOSITORY_SIZES } from '../corpus/judge';
import { QUALITY } from '../corpus/quality';
import type { Audit } from '../corpus/verdict';
import { formatCount } from '../panel/format';
import type { Plan } from '../panel/plan';
import type { CorpusFacts } from './facts';
import type { ScaleOutOrder, ScaleOutResult } from './order';
import { runScaleOut } from './scaleOutWorker';
import { testSamples } from './spans';

export interface ExportRequest {
	readonly plan: Plan;
	readonly audit: Audit;
	/** The model that is trained. It can fill in the middle. */
	readonly base: ModelDescription;
	/** What the other trainer loads. */
	readonly hub: string;
	readonly gpus: number;
	/** Absolute path of the folder in which that of the export is made. */
	readonly parentFolder: string;
	/** Default: none. */
	readonly chat?: ScaleOutOrder['chat'];
}

export interface ExportTools {
	readonly model: Pick<Model, 'encode'>;
	/** Absolute path of the built `worker.ts`. */
	readonly script: string;
	/** Absolute path of a folder of this user, in which data are prepared. */
	readonly storage: string;
	/** Absolute path of the folder for caches that may be lost. */
	readonly cacheFolder: string;
	readonly translate: Translate;
}

const NO_CHAT: ScaleOutOrder['chat'] = { train: [], valid: [], test: [] };

/**
 * @param onProgress what is done, for the user.
 * @throws Error with a message for the user, also where a secret is found; an AbortError. Nothing is left behind then.
 */
export async function exportFineTune(
	request: ExportRequest,
	tools: ExportTools,
	onProgress: (detail: string) => void,
	signal: AbortSignal,
): Promise<ScaleOutResult> {
	const { plan, audit, base } = request;
	if (base.fill.type === 'unsupported') {
		throw new Error(base.fill.reason);
	}
	await fs.mkdir(tools.storage, { recursive: true });
	const folder = await fs.mkdtemp(path.join(tools.storage, 'export-'));
	try {
		const { path: datasetPath } = await plan.prepare(folder, (detail) => onProgress(detail), signal);
		const test = await testSamples(folder, tools.model, plan.settings.sequenceLength, signal);
		const order: ScaleOutOrder = {
			name: plan.name,
			created: new Date().toISOString(),
			parentFolder: request.parentFolder,
			basePath: plan.basePath,
			datasetPath,
			cacheFolder: tools.cacheFolder,
			base: {
				hub: request.hub,
				name: base.name,
				parameters: base.parameters,
				quantisation: base.quantisation,
			},
			layout: base.fill.layout,
			settings: plan.settings,
			gpus: request.gpus,
			corpus: corpusFacts(audit),
			test,
			chat: request.chat ?? NO_CHAT,
		};
		return await runScaleOut(
			tools.script,
			order,
			({ done, all }) =>
				onProgress(tools.translate('Writing sample {0} of {1}', formatCount(done), formatCount(all))),
			signal,
		);
	} finally {
		await fs.rm(folder, { recursive: true, force: true });
	}
}

export function corpusFacts(audit: Audit): CorpusFacts {
	const filesOut: Record<string, number> = {};
	let filesIn = 0;
	for (const { verdict } of audit.files) {
		if (verdict.type === 'in') {
			filesIn++;
		} else {
			filesOut[verdict.stage] = (filesOut[verdict.stage] ?? 0) + 1;
		}
	}
	return {
		repositories: audit.repositories.map((repository) => repository.name),
		filesIn,
		filesOut,
		thresholds: {
			leastFileBytes: REPOSITORY_SIZES.least,
			mostFileBytes: REPOSITORY_SIZES.most,
			nearDuplicate: NEAR,
			...QUALITY,
		},
	};
}
