namespace Qubes.Plugins.Cloning.Status;

/// <summary>How copies of one disposable template stand: the members are those of the line that clients get.</summary>
/// <param name="Template">The disposable template.</param>
/// <param name="State"><c>none</c>, <c>building</c>, <c>ready</c>, <c>outdated</c>, <c>refused</c>, <c>failed</c>, or <c>off</c>: its owner wants no copies.</param>
/// <param name="Reason">Why it is not ready, or what went wrong last; absent: nothing.</param>
/// <param name="Key">The key's first 12 digits; absent: there is no memory template.</param>
/// <param name="Bytes">Of memory and disk that it takes.</param>
/// <param name="Made">When it was frozen, ISO 8601 in UTC.</param>
/// <param name="Memory"><c>shared</c> or <c>private</c>.</param>
/// <param name="Reserve">Processes that wait for a request.</param>
/// <param name="Copies">Copies made since the daemon started.</param>
/// <param name="Failures">Copies that failed since then, and were booted instead.</param>
internal sealed record MemoryTemplateStatus(
    string Template, string State, string? Reason, string? Key, long? Bytes, string? Made, string Memory, int Reserve, long Copies, long Failures);
