using System.CommandLine;
using Qubes.Tools.Applets;
using Qubes.Tools.Hosting;

namespace Qubes.Tools.Labels;

internal sealed class TagsApplet() : Applet("qvm-tags", "Manage a qube's tags.")
{
    public override void Describe(Command command)
    {
    }

    public override Task<int> RunAsync(ParseResult line, Session session, CancellationToken cancellation) => Task.FromResult(0);
}
