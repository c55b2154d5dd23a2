/** What the status bar says: model state and completion state to an icon, a text and a tooltip, as pure data. */

import type { RemoteRole } from '../manifest';
import type { ExpectedFit, ModelDescription, ModelState } from './model';
import type { RemoteUse } from './remoteRoles';
import { whereabouts } from './whereabouts';

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
	/** Milliseconds that the model took to the first token of the last text that it wrote; undefined before it did. */
	readonly lastFirstToken?: number | undefined;
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

/** Name, size and quantisation, as far as they are known, as Markdown. */
function formatModel({ name, parameters, quantisation }: ModelDescription): string {
	const size = parameters === 0 ? '' : formatParameters(parameters);
	return [escapeMarkdown(name), size, escapeMarkdown(quantisation)].filter((part) => part !== '').join(', ');
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

interface More {
	/** One line about the adapters in use; undefined while there are none. */
	readonly adapters?: string | undefined;
	/** Address of the local API; undefined while it does not run. */
	readonly api?: string | undefined;
	/** Where code goes; undefined while it stays here. */
	readonly remote?: RemoteUse | undefined;
}

/** What goes to a server, in a sentence; the machine's own server is named as one, too. */
export function formatSending({ host, roles, isHere }: RemoteUse, translate: Translate): string {
	const names: Readonly<Record<RemoteRole, string>> = {
		completion: translate('completions'),
		chat: translate('chat'),
		embedding: translate('search of the workspace'),
	};
	const what = roles.map((role) => names[role]).join(', ');
	return isHere
		? translate('Code in prompts is sent to {0}, a server on this machine ({1}).', host, what)
		: translate('Code in prompts is sent to {0} ({1}).', host, what);
}

export function statusText(
	state: ModelState,
	completion: CompletionStatus,
	isStarter: boolean,
	translate: Translate,
	{ adapters, api, remote }: More = {},
): StatusText {
	const local = localText(state, completion, isStarter, translate, adapters);
	const shown = remote === undefined ? local : marked(local, remote, translate);
	if (api === undefined) {
		return shown;
	}
	const sentence = translate('The local API answers other programs at {0}', api);
	return {
		...shown,
		text: `${shown.text} $(broadcast)`,
		tooltip: `${shown.tooltip}\n\n$(broadcast) ${escapeMarkdown(sentence)}`,
		label: `${shown.label}. ${sentence}`,
	};
}

/** Nobody is to overlook it: an icon, the name of the server, a colour, and the sentence before all others. */
function marked(local: StatusText, remote: RemoteUse, translate: Translate): StatusText {
	const { host, problems, isEncrypted, isHere } = remote;
	const sent = formatSending(remote, translate);
	const isOff = /^\$\((circle-slash|debug-pause)\)/.exec(local.text)?.[0];
	const icon = problems.length > 0 ? '$(warning)' : '$(cloud-upload)';
	const [title = '', ...lines] = local.tooltip.split('\n\n');
	const sentences = [
		...(isEncrypted || isHere ? [] : [translate('The connection is not encrypted (http).')]),
		...problems,
	].filter((one) => !lines.includes(escapeMarkdown(one)));
	return {
		text: `${isOff === undefined ? '' : `${isOff} `}${icon} ${NAME} → ${host}`,
		tooltip: [
			title,
			`$(cloud-upload) **${escapeMarkdown(sent)}**`,
			...sentences.map((one) => `$(warning) ${escapeMarkdown(one)}`),
			...lines,
		].join('\n\n'),
		severity: 'warning',
		label: [local.label, sent, ...problems.filter((one) => !local.label.includes(one))].join('. '),
	};
}

function localText(
	state: ModelState,
	completion: CompletionStatus,
	isStarter: boolean,
	translate: Translate,
	adapters: string | undefined,
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
			return ready(state, completion, isStarter, translate, adapters);
	}
}

/** @param chat state of the model that answers in the chat, where it is another; undefined where it is the same. */
export function withChat(status: StatusText, chat: ModelState | undefined, translate: Translate): StatusText {
	const sentence =
		chat?.type === 'ready'
			? chat.residence === 'reloading'
				? translate('The chat asks {0}, which is being loaded again…', chat.model.name)
				: translate('The chat asks {0}', chat.model.name)
			: chat?.type === 'failed'
				? translate('The chat has no model: {0}', chat.problem.message)
				: chat && translate('The model of the chat is loading.');
	return sentence === undefined
		? status
		: { ...status, tooltip: `${status.tooltip}\n\n${escapeMarkdown(sentence)}` };
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
	{ model, residence }: Extract<ModelState, { type: 'ready' }>,
	completion: CompletionStatus,
	isStarter: boolean,
	translate: Translate,
	adapters: string | undefined,
): StatusText {
	const off = silentBecause(completion, translate);
	const away = residence && whereabouts(residence, translate);
	const cannotFill = model.fill.type === 'unsupported' ? model.fill.reason : undefined;
	const lines = [
		`**${NAME}**: ${formatModel(model)}`,
		...(away === undefined ? [] : [escapeMarkdown(away.sentence)]),
		...(adapters === undefined ? [] : [escapeMarkdown(adapters)]),
		...(isStarter ? [escapeMarkdown(translate('Starter model: choose a real one for real work.'))] : []),
		...(model.server === undefined
			? [
					translate(
						'Runs on {0}, {1} of memory, {2} tokens of context',
						formatDevice(model, translate),
						formatBytes(model.backend === 'cpu' ? model.memory.host : model.memory.gpu),
						model.contextSize,
					),
					translate(
						'Reads {0} and writes {1} tokens a second here',
						Math.round(model.prefillTokensPerSecond),
						Math.round(model.decodeTokensPerSecond),
					),
				]
			: [translate('Served by {0}, {1} tokens of context', model.server.program, model.contextSize)]
		).map(escapeMarkdown),
		...(model.fallbackReason === undefined ? [] : [`$(info) ${escapeMarkdown(model.fallbackReason)}`]),
		...(model.notFaster === undefined ? [] : [`$(info) ${escapeMarkdown(model.notFaster.reason)}`]),
		...(model.expected === undefined
			? []
			: [escapeMarkdown(firstTokens(model.expected, completion.lastFirstToken, translate))]),
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
	const icon = off?.icon ?? (cannotFill === undefined ? (away?.icon ?? '$(sparkle)') : '$(warning)');
	const manual = off === undefined && completion.manualOnly ? translate('manual only') : undefined;
	return {
		text: manual === undefined ? `${icon} ${NAME}` : `${icon} ${NAME} (${manual})`,
		tooltip: lines.join('\n\n'),
		severity: 'normal',
		label: [`${NAME}: ${model.name}`, away?.sentence, off?.sentence ?? cannotFill, manual]
			.filter((part) => part !== undefined)
			.join('. '),
	};
}

/** What was expected, and what came of it. */
export function firstTokens(
	{ firstToken, coldFirstToken }: ExpectedFit,
	measured: number | undefined,
	translate: Translate,
): string {
	const [warm, cold] = [Math.round(firstToken), Math.round(coldFirstToken)];
	return measured === undefined
		? translate('First token expected after {0} ms, in a new place after {1} ms', warm, cold)
		: translate(
				'First token expected after {0} ms, in a new place after {1} ms; the last one came after {2} ms',
				warm,
				cold,
				Math.round(measured),
			);
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
