export declare const FORM: any;
