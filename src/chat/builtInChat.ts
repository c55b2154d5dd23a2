/** Face: VS Code's own chat, where Familiar is the participant `@familiar`, and a model that any extension can ask. */

import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import { isAbort, signalOf } from '../inference/cancel';
import { type Log, type Model, ModelUnavailable } from '../inference/model';
import { isRecord } from '../inference/record';
import { remedyTitle } from '../inference/remedyTitle';
import { modelVendor, participant, type Settings, tools } from '../manifest';
import type { AskedThere, Reference } from './builtIn/asked';
import { informationOf, type ModelInformation } from './builtIn/modelInformation';
import type { Relayed, RelayOptions, Told } from './builtIn/relay';
import { commandOf } from './builtIn/remedyCommand';
import type { Earlier } from './builtIn/reply';
import type { ContextEditor } from './context/editor';
import { lastLineOf } from './documentLines';
import { chatTexts } from './texts';
import type { Callable } from './tools/stepping';
import { trim } from './trim';

export interface BuiltInChatOptions {
	readonly extensionUri: vscode.Uri;
	readonly model: Pick<Model, 'chat' | 'state' | 'tokenize' | 'onDidChangeState'>;
	/** Whether the model in use is the one that ships with the extension. */
	readonly isStarter: () => boolean;
	/** Reads what goes along with questions to `@familiar`; asked for with the first of them. */
	readonly editor: () => Promise<ContextEditor>;
	/** Tokens of a text; an estimate is enough. */
	readonly countTokens: (text: string) => number;
	readonly settings: () => Settings['chat'];
	/** What models may look up. */
	readonly toolbox: Callable;
	readonly log: Log;
}

/** Tokens of what a tool gives where nobody says how many. */
const TOOL_TOKENS = 4_000;

const service = () => import('./builtIn/service');

/** Both are there from the start, and load nothing: the model is waited for by the first question. */
export class BuiltInChat implements vscode.Disposable {
	private models: LocalModels | undefined;
	private readonly disposables: vscode.Disposable[] = [];

	constructor(private readonly options: BuiltInChatOptions) {
		this.tryTo('The local model cannot be offered to other extensions', () => {
			const models = new LocalModels(options);
			this.disposables.push(models);
			this.disposables.push(vscode.lm.registerLanguageModelChatProvider(modelVendor, models));
			this.models = models;
			// Asked before that, VS Code's chat would say that there is no model.
			vscode.lm.selectChatModels({ vendor: modelVendor }).then(undefined, (error: unknown) => {
				options.log.warn(`The local model was not listed: ${String(error)}`);
			});
		});
		this.tryTo('The tools of Familiar cannot be offered to other models', () => {
			for (const name of tools.names) {
				const tool = new WorkspaceTool(name, options);
				this.disposables.push(vscode.lm.registerTool(`${tools.prefix}${name}`, tool));
			}
		});
		this.tryTo('@familiar is not there', () => {
			const familiar = vscode.chat.createChatParticipant(participant.id, (request, context, stream, token) =>
				this.answer(request, context, stream, token),
			);
			familiar.iconPath = vscode.Uri.joinPath(options.extensionUri, 'media', 'icon.png');
			this.disposables.push(familiar);
		});
	}

	/** A setting has changed. */
	refresh(): void {
		this.models?.refresh();
	}

	dispose(): void {
		for (const one of this.disposables.splice(0)) {
			one.dispose();
		}
	}

	/** Editors that are made of older versions, or without a chat, do not have all of it. */
	private tryTo(otherwise: string, register: () => void): void {
		try {
			register();
		} catch (error) {
			this.options.log.info(`${otherwise}: this editor has no such place (${String(error)}).`);
		}
	}

	/** By the local model, whichever is chosen in the chat: what is asked of `@familiar` stays on this machine. */
	private async answer(
		request: vscode.ChatRequest,
		context: vscode.ChatContext,
		stream: vscode.ChatResponseStream,
		token: vscode.CancellationToken,
	): Promise<void> {
		const { model, settings, log, editor, countTokens, toolbox } = this.options;
		const { signal, dispose } = signalOf(token);
		try {
			const { reply } = await service();
			await reply(
				{
					model,
					log,
					settings,
					countTokens,
					toolbox,
					tools: { editor: await editor(), translate: vscode.l10n.t },
					texts: chatTexts(vscode.l10n),
				},
				askedOf(request),
				earlierOf(context.history),
				{
					markdown: (text) => stream.markdown(text),
					step: (title) => stream.progress(title),
					source: (uri, first, last) => stream.reference(locationOf(uri, first, last)),
					remedy: (remedy) => stream.button(commandOf(remedy, remedyTitle(remedy, vscode.l10n.t))),
				},
				signal,
			);
		} finally {
			dispose();
		}
	}
}

/** One of the tools for whoever asks VS Code for it: in the same bounds as for the local model. */
class WorkspaceTool implements vscode.LanguageModelTool<object> {
	constructor(
		private readonly name: string,
		private readonly options: BuiltInChatOptions,
	) {}

	async invoke(
		{ input, tokenizationOptions }: vscode.LanguageModelToolInvocationOptions<object>,
		token: vscode.CancellationToken,
	): Promise<vscode.LanguageModelToolResult> {
		const { toolbox, countTokens } = this.options;
		const { signal, dispose } = signalOf(token);
		try {
			const given = isRecord(input) ? input : {};
			const { text } = await toolbox.run({ name: this.name, arguments: given }, signal);
			const most = tokenizationOptions?.tokenBudget ?? TOOL_TOKENS;
			const part = new vscode.LanguageModelTextPart(trim(text, most, 'end', countTokens));
			return new vscode.LanguageModelToolResult([part]);
		} finally {
			dispose();
		}
	}
}

class LocalModels implements vscode.LanguageModelChatProvider, vscode.Disposable {
	private readonly changed = new vscode.EventEmitter<void>();
	readonly onDidChangeLanguageModelChatInformation = this.changed.event;
	private readonly subscription: { dispose(): void };
	private readonly relaying: RelayOptions;
	/** As it was when the editor was last told that it changed. */
	private told = '';

	constructor(private readonly options: BuiltInChatOptions) {
		this.relaying = {
			model: options.model,
			settings: options.settings,
			countTokens: options.countTokens,
			translate: vscode.l10n.t,
		};
		this.subscription = options.model.onDidChangeState(() => this.refresh());
	}

	/** Tells the editor, unless all is as before. */
	refresh(): void {
		const now = JSON.stringify(this.information());
		if (now !== this.told) {
			this.told = now;
			this.changed.fire();
		}
	}

	provideLanguageModelChatInformation(): ModelInformation[] {
		return [this.information()];
	}

	async provideLanguageModelChatResponse(
		_information: vscode.LanguageModelChatInformation,
		sent: readonly vscode.LanguageModelChatRequestMessage[],
		{ tools: offered = [], toolMode }: vscode.ProvideLanguageModelChatResponseOptions,
		progress: vscode.Progress<vscode.LanguageModelResponsePart>,
		token: vscode.CancellationToken,
	): Promise<void> {
		const { conversationOf, offerOf, relay, withRemedies } = await service();
		const messages = sent.map(({ role, content }) => ({ role, content: content.map(partOf) }));
		const conversation = conversationOf(messages, vscode.l10n.t);
		if (conversation.type === 'refused') {
			throw new vscode.LanguageModelError(conversation.reason);
		}
		const { signal, dispose } = signalOf(token);
		try {
			const calling = toolMode === vscode.LanguageModelChatToolMode.Required ? 'must' : 'may';
			const asked: Relayed = { messages: conversation.messages, tools: offered.map(offerOf), calling };
			const told: Told = {
				text: (text) => progress.report(new vscode.LanguageModelTextPart(text)),
				call: ({ name, arguments: given }) =>
					progress.report(new vscode.LanguageModelToolCallPart(randomUUID(), name, given)),
			};
			const refusal = await relay(this.relaying, asked, told, signal);
			if (refusal !== undefined) {
				throw new vscode.LanguageModelError(refusal);
			}
		} catch (error) {
			if (signal.aborted || isAbort(error)) {
				return;
			}
			throw ModelUnavailable.is(error)
				? vscode.LanguageModelError.NotFound(withRemedies(error, vscode.l10n.t))
				: error;
		} finally {
			dispose();
		}
	}

	async provideTokenCount(
		_information: vscode.LanguageModelChatInformation,
		counted: string | vscode.LanguageModelChatRequestMessage,
		token: vscode.CancellationToken,
	): Promise<number> {
		const { tokensIn, textOf, TOKENS_PER_MESSAGE } = await service();
		const { signal, dispose } = signalOf(token);
		try {
			return typeof counted === 'string'
				? await tokensIn(this.relaying, counted, signal)
				: (await tokensIn(this.relaying, textOf(counted.content.map(partOf)), signal)) + TOKENS_PER_MESSAGE;
		} finally {
			dispose();
		}
	}

	dispose(): void {
		this.subscription.dispose();
		this.changed.dispose();
	}

	private information(): ModelInformation {
		const { model, isStarter, settings } = this.options;
		return informationOf(model.state, isStarter(), settings().maxTokens, vscode.l10n.t);
	}
}

function partOf(part: unknown): unknown {
	return part instanceof vscode.LanguageModelTextPart ? part.value : part;
}

function askedOf({
	prompt,
	command,
	references,
	toolReferences,
}: Pick<vscode.ChatRequest, 'prompt' | 'references' | 'toolReferences'> & {
	readonly command?: string | undefined;
}): AskedThere {
	const tools = toolReferences.map(({ name }) => ({ type: 'other', label: `#${name}` }) as const);
	return { prompt, command, references: [...references.map(referenceOf), ...tools] };
}

function referenceOf({ id, modelDescription = id, value }: vscode.ChatPromptReference): Reference {
	if (value instanceof vscode.Uri) {
		return { type: 'file', uri: value.toString() };
	}
	if (value instanceof vscode.Location) {
		const { start } = value.range;
		const lines = { start: start.line, end: lastLineOf(value.range) };
		return { type: 'file', uri: value.uri.toString(), lines };
	}
	return typeof value === 'string'
		? { type: 'text', label: modelDescription, text: value }
		: { type: 'other', label: modelDescription };
}

/** Lines from 1, both included. */
function locationOf(uri: string, first: number, last: number): vscode.Location {
	return new vscode.Location(vscode.Uri.parse(uri), new vscode.Range(first - 1, 0, last, 0));
}

/** Each question to `@familiar` with its answer. */
function earlierOf(history: vscode.ChatContext['history']): readonly Earlier[] {
	return history.flatMap((turn, index) => {
		const next = history[index + 1];
		return turn instanceof vscode.ChatRequestTurn && next instanceof vscode.ChatResponseTurn
			? { asked: askedOf(turn), answer: textOfAnswer(next) }
			: [];
	});
}

function textOfAnswer({ response }: vscode.ChatResponseTurn): string {
	return response
		.map((part) => (part instanceof vscode.ChatResponseMarkdownPart ? part.value.value : ''))
		.join('');
}
