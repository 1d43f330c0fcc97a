using Qubes.Tools.Hosting;

namespace Qubes.Tools.Admin;

/// <summary>The daemon sent nothing, too much, or bytes outside the grammar.</summary>
internal sealed class MalformedAnswerException(string message) : ToolException(message);
