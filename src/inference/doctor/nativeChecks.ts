/** Native libraries: whether they load, which GPUs they find, why none is used, and what a fine-tune would run on. */

import { settings } from '../../manifest';
import type { Backend, ModelState } from '../model';
import { formatDevice, type Translate } from '../statusText';
import { attention, commandHelps, type Finding, ok, setting, wrong } from './check';
import type { Tried } from './nativeAnswer';
import type { ProbeResult } from './nativeProbe';

export function nativeFindings(
	result: ProbeResult,
	state: ModelState,
	backend: Backend,
	translate: Translate,
): readonly Finding[] {
	return [
		librariesFinding(result, translate),
		gpuFinding(result, state, backend, translate),
		trainerFinding(result, translate),
	];
}

function triedOf({ lines }: ProbeResult): readonly Tried[] {
	return lines.flatMap((line) => (line.type === 'tried' ? [line] : []));
}

function librariesFinding(result: ProbeResult, translate: Translate): Finding {
	const name = translate('Native libraries');
	const { showLog, useStarter } = commandHelps(translate);
	const tried = triedOf(result);
	if (result.failure !== undefined) {
		const last = result.lines.findLast((line) => line.type === 'trying');
		return wrong(
			name,
			last === undefined
				? translate('The process that loads them {0}. {1}', result.failure, result.lastWords ?? '')
				: translate(
						'The process that loads {0} {1}. {2}',
						last.package,
						result.failure,
						result.lastWords ?? '',
					),
			setting(settings.nodePath),
			setting(settings.backend),
			showLog,
		);
	}
	const loaded = tried.filter(({ problem }) => problem === undefined);
	const broken = tried.filter(({ problem }) => problem !== undefined);
	const list = loaded.map((one) => `${one.package} (ggml ${one.version ?? '?'})`).join(', ');
	const problems = broken.map((one) => `${one.package}: ${one.problem}`).join('; ');
	if (loaded.length === 0) {
		const nothing = translate('This installation has none for this machine.');
		return wrong(name, problems === '' ? nothing : problems, setting(settings.nodePath), useStarter);
	}
	return broken.length === 0
		? ok(name, list)
		: attention(name, translate('{0} can be loaded; {1}', list, problems), setting(settings.backend));
}

function gpuFinding(result: ProbeResult, state: ModelState, backend: Backend, translate: Translate): Finding {
	const name = translate('GPU');
	const gpus = [
		...new Set(
			triedOf(result).flatMap(({ devices }) =>
				devices.filter((one) => one.isGpu).map((one) => `${one.registry} (${one.description})`),
			),
		),
	];
	const found = gpus.length === 0 ? translate('found: none') : translate('found: {0}', gpus.join(', '));
	if (state.type !== 'ready') {
		return ok(name, found);
	}
	const { model } = state;
	const used = translate('{0}; the model runs on {1}.', found, formatDevice(model, translate));
	if (model.backend !== 'cpu') {
		return model.fallbackReason === undefined
			? ok(name, used)
			: attention(name, `${used} ${model.fallbackReason}`, setting(settings.gpuLayers));
	}
	if (backend === 'cpu') {
		return gpus.length === 0
			? ok(name, used)
			: attention(name, translate('{0} The settings choose the CPU.', used), setting(settings.backend));
	}
	return attention(
		name,
		model.fallbackReason === undefined ? used : `${used} ${model.fallbackReason}`,
		setting(settings.backend),
		commandHelps(translate).restart,
	);
}

function trainerFinding({ lines, failure }: ProbeResult, translate: Translate): Finding {
	const name = translate('Fine-tuning');
	const last = lines.findLast((line) => line.type === 'probed');
	return last?.trainsOn !== undefined
		? ok(name, translate('a trainer can start; it would compute on {0}', last.trainsOn))
		: wrong(
				name,
				translate('A trainer cannot start: {0}', last?.problem ?? failure ?? '–'),
				setting(settings.nodePath),
				setting(settings.backend),
			);
}
