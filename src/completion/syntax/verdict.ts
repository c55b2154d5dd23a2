/** What a tree says of a place, and what the worker and the editor say to each other. */

import type { NoShape } from '../shape';
import type { SyntaxWindow } from './window';

export type Verdict =
	| { readonly type: 'line'; readonly within?: 'comment' | 'string' }
	| {
			readonly type: 'block';
			/** The cursor's line opens it. */
			readonly opens: boolean;
			/** Nothing is in it yet. */
			readonly isWhole: boolean;
			/** It stands in another block, so that its indentation is not that of an empty line. */
			readonly isInside: boolean;
			readonly closer?: string;
	  }
	| NoShape;

export type SyntaxQuestion =
	| { readonly id: number; readonly type: 'at'; readonly window: SyntaxWindow }
	/** Where must `text` end, which shall stand at the cursor? */
	| { readonly id: number; readonly type: 'end'; readonly window: SyntaxWindow; readonly text: string };

export type SyntaxAnswer =
	| { readonly id: number; readonly type: 'at'; readonly verdict: Verdict | undefined }
	| { readonly id: number; readonly type: 'end'; readonly end: number | undefined }
	| { readonly id: number; readonly type: 'failed'; readonly message: string };
