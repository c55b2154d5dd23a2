/** Face: the light bulb on code with problems, and the chat's commands; what changes code is read when it is asked for. */

import * as vscode from 'vscode';
import type { Log } from '../inference/model';
import { commands } from '../manifest';
import type { EditorActions } from './editorActions';
import { type Finding, MAX_FINDINGS } from './question';
import type { ChatSession } from './session';
import type { ChatView } from './view';

export interface ChatActionsOptions {
	readonly session: ChatSession;
	readonly view: Pick<ChatView, 'reveal' | 'show'>;
	/** Why a file, by its full path, is never read; undefined where it may be. */
	readonly excluded: (fullPath: string) => string | undefined;
	/** Absolute path of the program that checks changes. */
	readonly checkerProgram: string;
	readonly log: Log;
}

export interface ChatActions extends vscode.Disposable {
	/** Changes the active file to what a code block of an answer says. True when it was applied. */
	apply(turn: string, code: string): Promise<boolean>;
}

/** What the light bulb hands to a command: plain JSON. */
export interface ActionArguments {
	readonly uri: string;
	/** Version of the document when the light bulb was made. */
	readonly version: number;
	readonly startLine: number;
	readonly endLine: number;
	readonly findings: readonly Finding[];
}

export function findingsOf(diagnostics: readonly vscode.Diagnostic[]): Finding[] {
	return diagnostics.slice(0, MAX_FINDINGS).map((diagnostic) => ({
		line: diagnostic.range.start.line + 1,
		message: diagnostic.message.slice(0, 1_000),
	}));
}

export function isReported(diagnostic: vscode.Diagnostic): boolean {
	return diagnostic.severity <= vscode.DiagnosticSeverity.Warning;
}

/** Whether an edit could be applied; as far as it can be known at once. */
export function isWritable(document: vscode.TextDocument): boolean {
	const { scheme } = document.uri;
	return (
		document.isUntitled ||
		scheme === 'vscode-notebook-cell' ||
		vscode.workspace.fs.isWritableFileSystem(scheme) === true
	);
}

class LightBulb implements vscode.CodeActionProvider {
	static readonly kinds = [vscode.CodeActionKind.QuickFix];

	provideCodeActions(
		document: vscode.TextDocument,
		range: vscode.Range,
		context: vscode.CodeActionContext,
	): vscode.CodeAction[] {
		const diagnostics = context.diagnostics.filter(isReported);
		if (diagnostics.length === 0) {
			return [];
		}
		const lines = [range, ...diagnostics.map((diagnostic) => diagnostic.range)];
		const given: ActionArguments = {
			uri: document.uri.toString(),
			version: document.version,
			startLine: Math.min(...lines.map((one) => one.start.line)),
			endLine: Math.max(...lines.map((one) => one.end.line)),
			findings: findingsOf(diagnostics),
		};
		const action = (title: string, command: string) => {
			const made = new vscode.CodeAction(title, vscode.CodeActionKind.QuickFix);
			made.diagnostics = diagnostics;
			made.command = { title, command, arguments: [given] };
			return made;
		};
		const explain = action(vscode.l10n.t('Explain with Familiar'), commands.explain);
		return vscode.workspace.isTrusted && isWritable(document)
			? [action(vscode.l10n.t('Fix with Familiar'), commands.fix), explain]
			: [explain];
	}
}

/** Registers the chat's commands and its light bulb. */
export function registerChatActions(options: ChatActionsOptions): ChatActions {
	const { session, view, log } = options;
	let loading: Promise<EditorActions> | undefined;
	const actions = () => {
		loading ??= import('./editorActions').then(({ EditorActions }) => new EditorActions(options));
		return loading;
	};
	const command = (id: string, run: (given: unknown) => Promise<void> | void) =>
		vscode.commands.registerCommand(id, async (given: unknown) => {
			try {
				await run(given);
			} catch (error) {
				log.error(`${id} failed`, error);
				void vscode.window.showErrorMessage(
					vscode.l10n.t(
						'Familiar could not do that: {0}',
						error instanceof Error ? error.message : String(error),
					),
				);
			}
		});
	const registered = vscode.Disposable.from(
		{ dispose: () => void loading?.then((loaded) => loaded.dispose()) },
		vscode.languages.registerCodeActionsProvider('*', new LightBulb(), {
			providedCodeActionKinds: LightBulb.kinds,
		}),
		command(commands.explain, async (given) => (await actions()).explain(given)),
		command(commands.fix, async (given) => (await actions()).fix(given)),
		command(commands.generate, async () => (await actions()).generate()),
		command(commands.newChat, async () => {
			void session.newChat();
			await view.reveal();
		}),
		command(commands.focusChat, () => view.reveal()),
		command(commands.stopAnswer, () => session.stop()),
	);
	return {
		apply: async (turn, code) => (await actions()).apply(turn, code),
		dispose: () => registered.dispose(),
	};
}
