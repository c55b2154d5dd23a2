/** What the status bar says: model state and completion state to an icon, a text and a tooltip, as pure data. */

import type { ModelDescription, ModelState } from './model';

/** Same shape as `vscode.l10n.t`. */
export type Translate = (message: string, ...values: (string | number | boolean)[]) => string;

/** What the completion room reports of itself. */
export interface CompletionStatus {
	/** Whether `familiar.completion.enabled` is on. */
	readonly enabled: boolean;
	/** What the language of the active editor is called, and whether completion is on for it; undefined without an editor. */
	readonly language: { readonly name: string; readonly on: boolean } | undefined;
	/** Whether completions appear only when they are asked for. */
	readonly manualOnly: boolean;
	/** Whether they pause because the computer runs on its battery. */
	readonly onBattery: boolean;
	/** Time of day until which completion pauses; undefined when it does not. */
	readonly pausedUntil: string | undefined;
	/** Why the last request showed nothing, as a sentence; undefined when it showed something. */
	readonly lastSilence: string | undefined;
	/** Milliseconds that the last shown completion took; undefined before the first. */
	readonly lastMilliseconds: number | undefined;
}

export interface StatusText {
	/** With VS Code's icon syntax. */
	readonly text: string;
	/** Markdown without commands, links or HTML. */
	readonly tooltip: string;
	readonly severity: 'normal' | 'warning';
	/** For screen readers. */
	readonly label: string;
}

const NAME = 'Familiar';

/** Escapes what came from a file name or a GGUF, so that it cannot form Markdown. */
export function escapeMarkdown(text: string): string {
	return text.replace(/[\\`*_{}[\]()#+\-.!|<>~$&]/g, '\\$&').replace(/\s+/g, ' ');
}

/** For example `5.1 M` or `7.6 B`. */
export function formatParameters(count: number): string {
	return count >= 1e9 ? `${(count / 1e9).toFixed(1)} B` : `${(count / 1e6).toFixed(1)} M`;
}

/** For example `812 MB` or `4.1 GB` (powers of 1,000). */
export function formatBytes(bytes: number): string {
	return bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : `${Math.round(bytes / 1e6)} MB`;
}

/** Backend, device and layers in one phrase, for example `CPU` or `VULKAN (NVIDIA T4), 24 of 24 layers`. */
export function formatDevice(model: ModelDescription, translate: Translate): string {
	const backend = model.backend.toUpperCase();
	const devices = model.devices.length > 0 ? ` (${model.devices.join(', ')})` : '';
	return model.backend === 'cpu'
		? `${backend}${devices}`
		: translate('{0}{1}, {2} of {3} layers', backend, devices, model.gpuLayers, model.totalLayers);
}

/** @param adapters one line about those in use; undefined while there are none. */
export function statusText(
	state: ModelState,
	completion: CompletionStatus,
	isStarter: boolean,
	translate: Translate,
	adapters?: string,
): StatusText {
	switch (state.type) {
		case 'none':
			return simple('$(circle-slash)', translate('No model is loaded.'), 'normal');
		case 'starting':
			return simple('$(loading~spin)', translate('Starting the model process…'), 'normal');
		case 'loading': {
			const percent = Math.round(state.progress * 100);
			const sentence = translate('Loading the model: {0} %', percent);
			return {
				...simple('$(loading~spin)', sentence, 'normal'),
				text: `$(loading~spin) ${NAME} ${percent} %`,
			};
		}
		case 'failed':
			return simple('$(warning)', state.problem.message, 'warning');
		case 'ready':
			return ready(state.model, completion, isStarter, translate, adapters);
	}
}

function simple(icon: string, sentence: string, severity: StatusText['severity']): StatusText {
	return {
		text: `${icon} ${NAME}`,
		tooltip: `**${NAME}**\n\n${escapeMarkdown(sentence)}`,
		severity,
		label: `${NAME}: ${sentence}`,
	};
}

function ready(
	model: ModelDescription,
	completion: CompletionStatus,
	isStarter: boolean,
	translate: Translate,
	adapters: string | undefined,
): StatusText {
	const off = silentBecause(completion, translate);
	const cannotFill = model.fill.type === 'unsupported' ? model.fill.reason : undefined;
	const lines = [
		`**${NAME}**: ${escapeMarkdown(model.name)}, ${formatParameters(model.parameters)}, ${escapeMarkdown(model.quantisation)}`,
		...(adapters === undefined ? [] : [escapeMarkdown(adapters)]),
		...(isStarter ? [escapeMarkdown(translate('Starter model: choose a real one for real work.'))] : []),
		escapeMarkdown(
			translate(
				'Runs on {0}, {1} of memory, {2} tokens of context',
				formatDevice(model, translate),
				formatBytes(model.backend === 'cpu' ? model.memory.host : model.memory.gpu),
				model.contextSize,
			),
		),
		...(model.fallbackReason === undefined ? [] : [`$(info) ${escapeMarkdown(model.fallbackReason)}`]),
		escapeMarkdown(
			translate(
				'Reads {0} and writes {1} tokens a second here',
				Math.round(model.prefillTokensPerSecond),
				Math.round(model.decodeTokensPerSecond),
			),
		),
		...(cannotFill === undefined ? [] : [`$(warning) ${escapeMarkdown(cannotFill)}`]),
		...(off === undefined ? [] : [`${off.icon} ${escapeMarkdown(off.sentence)}`]),
		...(off === undefined && completion.manualOnly
			? [escapeMarkdown(translate('Inline completions appear only when they are asked for.'))]
			: []),
		...(off === undefined && completion.lastSilence !== undefined
			? [escapeMarkdown(translate('Last time nothing was shown: {0}', completion.lastSilence))]
			: []),
		...(off === undefined && completion.lastSilence === undefined && completion.lastMilliseconds !== undefined
			? [escapeMarkdown(translate('Last completion after {0} ms', Math.round(completion.lastMilliseconds)))]
			: []),
	];
	const icon = off?.icon ?? (cannotFill === undefined ? '$(sparkle)' : '$(warning)');
	const manual = off === undefined && completion.manualOnly ? translate('manual only') : undefined;
	return {
		text: manual === undefined ? `${icon} ${NAME}` : `${icon} ${NAME} (${manual})`,
		tooltip: lines.join('\n\n'),
		severity: 'normal',
		label: [`${NAME}: ${model.name}`, off?.sentence ?? cannotFill, manual]
			.filter((part) => part !== undefined)
			.join('. '),
	};
}

/** What is off stays off; what is paused goes on by itself. */
interface Silence {
	readonly icon: '$(circle-slash)' | '$(debug-pause)';
	readonly sentence: string;
}

function silentBecause(completion: CompletionStatus, translate: Translate): Silence | undefined {
	const off = (sentence: string): Silence => ({ icon: '$(circle-slash)', sentence });
	const paused = (sentence: string): Silence => ({ icon: '$(debug-pause)', sentence });
	if (!completion.enabled) {
		return off(translate('Inline completions are off.'));
	}
	if (completion.pausedUntil !== undefined) {
		return paused(translate('Inline completions are paused until {0}.', completion.pausedUntil));
	}
	if (completion.language?.on === false) {
		return off(translate('Inline completions are off for {0}.', completion.language.name));
	}
	if (completion.onBattery && !completion.manualOnly) {
		return paused(translate('Inline completions are paused while the computer runs on battery.'));
	}
	return undefined;
}
