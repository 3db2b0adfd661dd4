import pg from "pg-that-is-not-there";
export const handler = async () => pg;
