/** Face: what the next edit looks like in the editor. */

import * as vscode from 'vscode';
import { drawing, onOneLine } from './nextEdit/display';

export function isVisible({ visibleRanges }: vscode.TextEditor, { start }: vscode.Range): boolean {
	return visibleRanges.some((visible) => visible.contains(start));
}

/** In the colours of the theme; in high contrast with a frame. */
export class Styles implements vscode.Disposable {
	private readonly struck: vscode.TextEditorDecorationType;
	private readonly added: vscode.TextEditorDecorationType;
	private readonly hint: vscode.TextEditorDecorationType;
	private readonly frame: vscode.ThemableDecorationAttachmentRenderOptions;

	constructor() {
		const { ColorThemeKind: Kind, ThemeColor, window } = vscode;
		const isHighContrast = [Kind.HighContrast, Kind.HighContrastLight].includes(window.activeColorTheme.kind);
		const borderColor = new ThemeColor('contrastActiveBorder');
		this.frame = isHighContrast ? { border: '1px dashed', borderColor } : {};
		this.struck = window.createTextEditorDecorationType({
			...this.frame,
			textDecoration: 'line-through',
			backgroundColor: new ThemeColor('diffEditor.removedTextBackground'),
			rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
			overviewRulerColor: new ThemeColor('editorOverviewRuler.modifiedForeground'),
		});
		this.added = window.createTextEditorDecorationType({
			rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
			overviewRulerColor: new ThemeColor('editorOverviewRuler.modifiedForeground'),
		});
		this.hint = window.createTextEditorDecorationType({});
	}

	draw(editor: vscode.TextEditor, range: vscode.Range, removed: string, text: string): void {
		const { document } = editor;
		const start = document.offsetAt(range.start);
		const at = (offset: number) => document.positionAt(start + offset);
		const { struckFrom, struckTo, added } = drawing(removed, text);
		const hoverMessage = vscode.l10n.t('The same change here? Tab makes it, Escape does not.');
		editor.setDecorations(
			this.struck,
			struckTo > struckFrom ? [{ range: new vscode.Range(at(struckFrom), at(struckTo)), hoverMessage }] : [],
		);
		editor.setDecorations(
			this.added,
			added.map((piece) => ({
				range: new vscode.Range(at(piece.at), at(piece.at)),
				hoverMessage,
				renderOptions: {
					after: {
						...this.frame,
						contentText: onOneLine(piece.text),
						backgroundColor: new vscode.ThemeColor('diffEditor.insertedTextBackground'),
						color: new vscode.ThemeColor('editor.foreground'),
					},
				},
			})),
		);
		this.drawHint(editor, range);
	}

	clear(): void {
		for (const editor of vscode.window.visibleTextEditors) {
			for (const style of [this.struck, this.added, this.hint]) {
				editor.setDecorations(style, []);
			}
		}
	}

	dispose(): void {
		for (const style of [this.struck, this.added, this.hint]) {
			style.dispose();
		}
	}

	/** Behind the cursor's line, where the place is off screen. */
	private drawHint(editor: vscode.TextEditor, range: vscode.Range): void {
		const { end } = editor.document.lineAt(editor.selection.active.line).range;
		const contentText = vscode.l10n.t('Tab: go to line {0}', range.start.line + 1);
		editor.setDecorations(
			this.hint,
			isVisible(editor, range)
				? []
				: [
						{
							range: new vscode.Range(end, end),
							renderOptions: {
								after: {
									...this.frame,
									contentText: onOneLine(contentText),
									margin: '0 0 0 2em',
									color: new vscode.ThemeColor('editorCodeLens.foreground'),
								},
							},
						},
					],
		);
	}
}
