/** What the model is asked at a place: how much, and with which prompt. */

import { type FillRequest, type Model, ModelUnavailable, type Priority } from '../inference/model';
import type { Settings } from '../manifest';
import { Anchor, type Anchored } from './anchor';
import type { Cursor } from './cursor';
import type { Trigger } from './gate';
import type { Question } from './generate';
import { describeReason } from './outcome';
import { type CompletionContext, type ContextNote, fillRequest, withoutAutoClosed } from './prompt';
import { type Shape, type Shapes, shapeAt } from './shape';
import { TokenCounts } from './tokenCounts';

interface QuestionsOptions {
	readonly model: Pick<Model, 'state' | 'tokenize'>;
	settings(): Settings['completion'];
	/** Default: the current file is all that the model reads. */
	readonly context?: CompletionContext | undefined;
	/** Default: indentation tells. */
	readonly shapes?: Shapes | undefined;
}

export class Questions {
	private readonly anchor = new Anchor();
	private readonly counts: TokenCounts;

	constructor(private readonly options: QuestionsOptions) {
		this.counts = new TokenCounts(options.model);
	}

	/** Somebody is here: what helps there is gathered. */
	attend(cursor: Cursor): void {
		this.options.context?.visit(cursor);
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

	/**
	 * Whether a question at that place costs what was typed since the last one and no more; others would also cost the
	 * next question at the cursor a prompt that is evaluated again.
	 */
	isCheap(cursor: Cursor): boolean {
		return this.anchor.holds(withoutAutoClosed(cursor));
	}

	/** @throws ModelUnavailable when no model is ready. */
	question(cursor: Cursor, shape: Question['shape'], trigger: Trigger, priority: Priority): Question {
		const place = withoutAutoClosed(cursor);
		const { shapes } = this.options;
		const { request, notes } = this.requestAt(place, this.anchor.at(place), priority);
		const end = shapes === undefined ? undefined : shapes.end.bind(shapes);
		return { cursor, shape, request, notes, end, isByHand: trigger === 'manual' };
	}

	/**
	 * The request to read ahead, while nobody waits: from here on, this line is where prompts are anchored.
	 * @throws ModelUnavailable when no model is ready.
	 */
	settled(cursor: Cursor): FillRequest {
		const place = withoutAutoClosed(cursor);
		return this.requestAt(place, this.anchor.move(place), 'background').request;
	}

	private requestAt(
		place: Cursor,
		anchored: Anchored,
		priority: Priority,
	): { readonly request: FillRequest; readonly notes: readonly ContextNote[] } {
		const { model, settings, context } = this.options;
		if (model.state.type !== 'ready') {
			const message = describeReason('model-unavailable');
			throw new ModelUnavailable({ code: 'model-gone', message, remedies: [] });
		}
		let notes: readonly ContextNote[] = [];
		const files = (maxTokens: number) => {
			// Asked anew each time: what was excluded meanwhile is gone at once.
			const chosen = context?.chosenFor(anchored.place, this.counts.room(maxTokens));
			notes = chosen?.notes ?? [];
			return chosen?.files ?? [];
		};
		const { length } = anchored.before;
		const request = fillRequest(place, model.state.model, settings(), priority, files, length);
		return { request, notes };
	}
}
