/** The text of `Familiar: Show Diagnostics`: what runs where and why, without any code, prompt or home path. */

import type { ModelState } from './model';
import type { RemoteUse } from './remoteRoles';
import {
	type CompletionStatus,
	firstTokens,
	formatBytes,
	formatDevice,
	formatParameters,
	formatSending,
	type Translate,
} from './statusText';

interface DiagnosticsInput {
	readonly extensionVersion: string;
	readonly editor: string;
	readonly system: string;
	readonly isTrusted: boolean;
	/** Where the extension runs: undefined for this machine, else the kind of remote (`ssh-remote`, `wsl`, …). */
	readonly remote: string | undefined;
	readonly isStarter: boolean;
	readonly state: ModelState;
	/** The process that the model runs in; undefined while none runs. */
	readonly host: { readonly pid: number; readonly clients: number } | undefined;
	readonly completion: CompletionStatus;
	/** Other extensions that also write inline completions. */
	readonly rivals: readonly string[];
	/** Where code goes; undefined while it stays here. */
	readonly server?: RemoteUse | undefined;
	readonly homeFolder: string;
}

/** Markdown. Paths below the home folder start with `~`, so that the text can be pasted into an issue. */
export function diagnosticsText(input: DiagnosticsInput, translate: Translate): string {
	const rows: [string, string][] = [
		['Familiar', input.extensionVersion],
		[translate('Editor'), input.editor],
		[translate('System'), input.system],
		[translate('Remote'), input.remote ?? translate('none: runs on this machine')],
		[translate('Workspace trust'), input.isTrusted ? translate('trusted') : translate('Restricted Mode')],
		...modelRows(input, translate),
		...hostRows(input, translate),
		[
			translate('Inline completions'),
			input.completion.enabled
				? (input.completion.lastSilence ?? translate('on'))
				: translate('off (familiar.completion.enabled)'),
		],
		[
			translate('Other inline providers'),
			input.rivals.length === 0 ? translate('none') : input.rivals.join(', '),
		],
		[
			translate('Network'),
			input.server === undefined
				? translate('none: Familiar opens no connection outside this machine')
				: [
						formatSending(input.server, translate),
						...(input.server.isEncrypted ? [] : [translate('The connection is not encrypted (http).')]),
						...input.server.problems,
					].join(' '),
		],
	];
	const body = rows.map(([name, value]) => `| ${cell(name)} | ${cell(hideHome(value, input.homeFolder))} |`);
	return [`# ${translate('Familiar: diagnostics')}`, '', '| | |', '|---|---|', ...body, ''].join('\n');
}

function hostRows({ host }: DiagnosticsInput, translate: Translate): [string, string][] {
	return host === undefined
		? []
		: [
				[
					translate('Model process'),
					translate('process {0}, connections of all windows: {1}', host.pid, host.clients),
				],
			];
}

function modelRows(input: DiagnosticsInput, translate: Translate): [string, string][] {
	const { state } = input;
	if (state.type === 'failed') {
		return [
			[translate('Model'), translate('failed: {0}', state.problem.message)],
			[translate('Problem code'), state.problem.code],
		];
	}
	if (state.type !== 'ready') {
		return [[translate('Model'), state.type]];
	}
	const { model } = state;
	const fill: [string, string] = [
		translate('Fill in the middle'),
		model.fill.type === 'unsupported' ? model.fill.reason : `${model.fill.family} (${model.fill.source})`,
	];
	if (model.server !== undefined) {
		return [
			[translate('Model'), model.name],
			[translate('Server'), `${model.server.host}, ${model.server.program}`],
			[translate('Context'), translate('{0} tokens', model.contextSize)],
			fill,
		];
	}
	return [
		[
			translate('Model'),
			`${model.name}, ${model.architecture}, ${formatParameters(model.parameters)}, ${model.quantisation}, ${formatBytes(model.fileBytes)}${input.isStarter ? ` (${translate('starter')})` : ''}`,
		],
		[translate('File'), model.path],
		[translate('Engine'), model.engineVersion],
		[translate('Backend'), formatDevice(model, translate)],
		[translate('Fallback'), model.fallbackReason ?? translate('none')],
		[translate('Faster backend'), model.notFaster?.reason ?? translate('none is known')],
		[
			translate('Memory'),
			translate('{0} host, {1} GPU', formatBytes(model.memory.host), formatBytes(model.memory.gpu)),
		],
		...(model.expected === undefined
			? []
			: [
					[
						translate('Memory expected'),
						translate(
							'{0} host, {1} GPU',
							formatBytes(model.expected.memory.host),
							formatBytes(model.expected.memory.gpu),
						),
					] satisfies [string, string],
					[
						translate('First token'),
						firstTokens(model.expected, input.completion.lastFirstToken, translate),
					] satisfies [string, string],
				]),
		[
			translate('Threads'),
			translate('{0} for prefill, {1} for decode', model.threads.prefill, model.threads.decode),
		],
		[
			translate('Speed'),
			translate(
				'{0} tokens/s prefill, {1} tokens/s decode, chunks of {2}',
				Math.round(model.prefillTokensPerSecond),
				Math.round(model.decodeTokensPerSecond),
				model.prefillChunk,
			),
		],
		[
			translate('Context'),
			translate('{0} tokens (trained with {1})', model.contextSize, model.trainedContext),
		],
		fill,
		[translate('Chat format'), model.chat.type === 'unsupported' ? model.chat.reason : model.chat.wrapper],
		[translate('Loaded in'), `${Math.round(model.loadMilliseconds)} ms`],
	];
}

function cell(text: string): string {
	return text.replaceAll('|', '\\|').replace(/\s+/g, ' ');
}

/** What is below the home folder begins with `~`. */
export function hideHome(text: string, homeFolder: string): string {
	return homeFolder.length > 1 ? text.replaceAll(homeFolder, '~') : text;
}
