using System.CommandLine;
using Qubes.Tools.Admin;
using Qubes.Tools.Applets;
using Qubes.Tools.Domains;
using Qubes.Tools.Hosting;

namespace Qubes.Tools.Tags;

/// <summary>
/// <c>qvm-tags VMNAME [list [TAG] | add TAG… | del TAG… | query TAG]</c>. <c>list TAG</c> and <c>query TAG</c> give status 1
/// if the qube does not have it.
/// </summary>
internal sealed class TagsApplet() : Applet("qvm-tags", "List, add or delete a qube's tags.")
{
    private readonly Argument<string> qube = new("VMNAME") { Description = "The qube" };

    private readonly Argument<string> action = new("COMMAND")
    {
        Description = "list (ls, l), add (a, set), del (d, unset, u), query (q)",
        Arity = ArgumentArity.ZeroOrOne,
        DefaultValueFactory = _ => "list",
    };

    private readonly Argument<string[]> tags = new("TAG") { Description = "Tags", Arity = ArgumentArity.ZeroOrMore };

    public override void Describe(Command command)
    {
        action.CompletionSources.Add("list", "add", "del", "query");
        command.Add(this.qube);
        command.Add(this.action);
        command.Add(this.tags);
    }

    public override async Task<int> RunAsync(ParseResult line, Session session, CancellationToken cancellation)
    {
        var qube = line.GetRequiredValue(this.qube);
        var tags = line.GetValue(this.tags) ?? [];
        var action = line.GetValue(this.action);
        try
        {
            return action switch
            {
                "list" or "ls" or "l" when tags.Length <= 1 =>
                    await ListAsync(session, qube, tags.FirstOrDefault(), cancellation),
                "list" or "ls" or "l" => throw new UsageException("list takes one TAG at most"),
                "add" or "a" or "set" => await EachAsync(session, "admin.vm.tag.Set", qube, tags, cancellation),
                "del" or "d" or "unset" or "u" => await EachAsync(session, "admin.vm.tag.Remove", qube, tags, cancellation),
                "query" or "q" when tags.Length == 1 => await ListAsync(session, qube, tags[0], cancellation),
                "query" or "q" => throw new UsageException("query takes one TAG"),
                _ => throw new UsageException($"no such command: '{action}'; one of: list, add, del, query"),
            };
        }
        catch (AdminException e) when (e.IsNoSuchQube)
        {
            throw QubeList.NoSuch(qube);
        }
    }

    private static async Task<int> ListAsync(Session session, string qube, string? tag, CancellationToken cancellation)
    {
        if (tag is not null)
        {
            if (await session.Admin.CallAsync("admin.vm.tag.Get", qube, tag, cancellation: cancellation) != "1")
                return ExitCode.Failure;
            session.Console.Out.WriteLine(tag);
            return ExitCode.Success;
        }

        var tags = await session.Admin.CallAsync("admin.vm.tag.List", qube, cancellation: cancellation);
        foreach (var name in tags.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            session.Console.Out.WriteLine(name);
        return ExitCode.Success;
    }

    private static async Task<int> EachAsync(
        Session session, string method, string qube, string[] tags, CancellationToken cancellation)
    {
        if (tags.Length == 0)
            throw new UsageException("a TAG is required");
        foreach (var tag in tags)
        {
            try
            {
                await session.Admin.CallAsync(method, qube, tag, cancellation: cancellation);
            }
            catch (AdminException e) when (e.IsNoSuchTag)
            {
                // Deleted already: what was asked for is the case.
            }
        }

        return ExitCode.Success;
    }
}
