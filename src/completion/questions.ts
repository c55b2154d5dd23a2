/** What the model is asked at a place: how much, and with which prompt. */

import { type Model, ModelUnavailable, type Priority } from '../inference/model';
import type { Settings } from '../manifest';
import type { Cursor } from './cursor';
import type { Trigger } from './gate';
import type { Question } from './generate';
import { describeReason } from './outcome';
import { type CompletionContext, type ContextNote, fillRequest } from './prompt';
import { type Shape, type Shapes, shapeAt } from './shape';

export interface QuestionsOptions {
	readonly model: Pick<Model, 'state'>;
	settings(): Settings['completion'];
	/** Default: the current file is all that the model reads. */
	readonly context?: CompletionContext | undefined;
	/** Default: indentation tells. */
	readonly shapes?: Shapes | undefined;
}

export class Questions {
	private line: string | undefined;

	constructor(private readonly options: QuestionsOptions) {}

	/** Somebody is here. Where that is another line than before, what helps there is gathered. */
	attend(cursor: Cursor): void {
		const line = `${cursor.uri} ${cursor.firstLine} ${cursor.before.lastIndexOf('\n')}`;
		if (line !== this.line) {
			this.line = line;
			this.options.context?.visit(cursor);
		}
	}

	/**
	 * What the syntax says in time, else what indentation says. By hand, there is always something to ask for. Rejects
	 * with an AbortError when the signal fires.
	 */
	async shape(cursor: Cursor, trigger: Trigger, signal: AbortSignal): Promise<Shape> {
		const shape = await this.options.shapes?.at(cursor, signal);
		return shape === undefined || (trigger === 'manual' && shape.type === 'nothing')
			? shapeAt(cursor)
			: shape;
	}

	/** @throws ModelUnavailable when no model is ready. */
	question(cursor: Cursor, shape: Question['shape'], trigger: Trigger, priority: Priority): Question {
		const { model, settings, context, shapes } = this.options;
		if (model.state.type !== 'ready') {
			const message = describeReason('model-unavailable');
			throw new ModelUnavailable({ code: 'model-gone', message, remedies: [] });
		}
		let notes: readonly ContextNote[] = [];
		const request = fillRequest(cursor, model.state.model, settings(), priority, (maxCharacters) => {
			const chosen = context?.chosenFor(cursor, maxCharacters);
			notes = chosen?.notes ?? [];
			return chosen?.files ?? [];
		});
		const end = shapes === undefined ? undefined : shapes.end.bind(shapes);
		return { cursor, shape, request, notes, end, isByHand: trigger === 'manual' };
	}
}
