using Qubes.Tools.Admin;
using Qubes.Tools.Domains;
using Qubes.Tools.Hosting;

namespace Qubes.Tools.MemoryTemplates;

/// <summary>The daemon's methods about memory templates.</summary>
internal sealed class MemoryTemplateCalls(Session session)
{
    private const string Method = "admin.memorytemplate.";

    /// <summary>Each line as it came, and what it says.</summary>
    /// <param name="template">A disposable template; null: all.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="UsageException">There is none of this name.</exception>
    public async Task<List<(string Text, MemoryTemplateStatus Said)>> StatusAsync(string? template, CancellationToken cancellation)
    {
        var answer = await CallAsync("Status", template ?? "dom0", "", cancellation);
        return [.. AnswerText.Lines(answer).Select(line => (line, AnswerText.Said(line, Method + "Status", MemoryTemplateLines.Default.MemoryTemplateStatus)))];
    }

    /// <inheritdoc cref="StatusAsync"/>
    public Task BuildAsync(string template, bool wait, CancellationToken cancellation) => CallAsync("Build", template, wait ? "wait" : "", cancellation);

    /// <inheritdoc cref="StatusAsync"/>
    public Task DiscardAsync(string template, CancellationToken cancellation) => CallAsync("Discard", template, "", cancellation);

    private async Task<string> CallAsync(string method, string destination, string argument, CancellationToken cancellation)
    {
        try
        {
            return await session.Admin.CallAsync(Method + method, destination, argument, cancellation: cancellation);
        }
        catch (AdminException e) when (e.IsNoSuchQube)
        {
            throw QubeList.NoSuch(destination);
        }
    }
}
