namespace Qubes.Tools.MemoryTemplates;

/// <summary>A line of <c>admin.memorytemplate.Status</c>.</summary>
internal sealed record MemoryTemplateStatus(
    string Template, string State, string Memory, int Reserve, long Copies, long Failures, string? Reason = null, string? Key = null,
    long? Bytes = null, string? Made = null);
