// A helper that looks like a handler is none: the template names only one export of this file.
exports.other = async (event) => event;

exports.handler = async (event) => event;
