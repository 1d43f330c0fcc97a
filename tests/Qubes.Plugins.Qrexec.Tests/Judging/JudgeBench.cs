using Microsoft.Extensions.Logging;
using NSubstitute;
using Qubes.Plugins.Qrexec.Calls;
using Qubes.Plugins.Qrexec.Judging;
using Qubes.Plugins.Qrexec.Prompting;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Guests;
using Qubes.Sdk.Hosting;
using Qubes.Sdk.Plugins;
using Qubes.Sdk.Policy;

namespace Qubes.Plugins.Qrexec.Tests.Judging;

/// <summary>The judge with policy files of its own and a handful of qubes.</summary>
internal sealed class JudgeBench : IAsyncDisposable
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly DirectoryInfo root = Directory.CreateTempSubdirectory("jdg");
    private readonly Dictionary<string, IQube> qubes = [];

    public JudgeBench(TimeProvider? time = null)
    {
        var clock = time ?? TimeProvider.System;
        Paths = new QubesPaths(root.FullName, root.FullName + "/usr");
        Directory.CreateDirectory(PolicyDirectory);
        Directory.CreateDirectory(Paths.Runtime);
        Qubes.TryFind(Arg.Any<string>(), out Arg.Any<IQube?>()).Returns(c =>
        {
            c[1] = qubes.GetValueOrDefault((string)c[0]);
            return c[1] is not null;
        });
        Qubes.GetEnumerator().Returns(_ => qubes.Values.Where(q => q.Name != "").Distinct().GetEnumerator());
        AdminVm = Add("dom0", QubeClass.AdminVM);
        Qubes.AdminVm.Returns(AdminVm);
        Extensions.All<IPolicyPrompt>().Returns(_ => Prompts);

        var loop = new InlineLoop();
        Store = new(Paths, clock, new Logger<PolicyStore>(Log));
        var guis = new GuiQubes(new Lazy<IGuestServices>(Services), Qubes, loop);
        Terminals = new(Paths, clock, new Logger<TerminalPrompts>(Log));
        News = new(guis, new Logger<PolicyNews>(Log));
        var questions = new PolicyQuestions(guis, new PolicyPrompts(Terminals, Extensions), new Logger<PolicyQuestions>(Log));
        Engine = new(Store, Qubes, loop, questions, News, new Logger<PolicyEngine>(Log));
        Judge = new PolicyJudge(Engine);
    }

    public QubesPaths Paths { get; }

    public string PolicyDirectory => root.FullName + "/etc/qubes/policy.d";

    public IQubes Qubes { get; } = Substitute.For<IQubes>();

    public IQube AdminVm { get; }

    public IGuestServices Services { get; } = Substitute.For<IGuestServices>();

    public IExtensions Extensions { get; } = Substitute.For<IExtensions>();

    public List<IPolicyPrompt> Prompts { get; } = [];

    public CapturedLog Log { get; } = new();

    public PolicyStore Store { get; }

    public TerminalPrompts Terminals { get; }

    public PolicyNews News { get; }

    public PolicyEngine Engine { get; }

    public ICallJudge Judge { get; }

    public void Policy(params string[] lines) => File.WriteAllText(PolicyDirectory + "/30-user.policy", string.Join('\n', lines) + "\n");

    public IQube Add(string name, QubeClass type = QubeClass.AppVM, params (string Name, string Value)[] properties)
    {
        var qube = Substitute.For<IQube>();
        qube.Name.Returns(name);
        qube.Class.Returns(type);
        qube.Uuid.Returns(name == "dom0" ? Guid.Empty : new Guid(qubes.Count + 1, 0, 0, new byte[8]));
        qube.PowerState.Returns(PowerState.Running);
        qube.Properties.Declared.Returns([.. properties.Select(p => new PropertyInfo(p.Name, default, false, false, ""))]);
        foreach (var (property, value) in properties)
            qube.Properties.Read(property).Returns(new PropertyText(default, value, false));
        qubes[name] = qube;
        qubes["uuid:" + qube.Uuid] = qube;
        return qube;
    }

    public static void Feature(IQube qube, string name, string value) => qube.Features.TryGetValue(name, out Arg.Any<string?>()).Returns(c =>
    {
        c[1] = value;
        return true;
    });

    public static CallSource Source(IQube qube) => new(qube.Name, qube);

    public Task<CallVerdict> CallAsync(CallSource source, string target, string service = "a.Svc", CancellationToken cancel = default) =>
        Judge.JudgeAsync(new(source, target, service), cancel).WaitAsync(Limit, CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        await Terminals.StopAsync(default);
        await News.StopAsync(default);
        Terminals.Dispose();
        News.Dispose();
        Store.Dispose();
        root.Delete(recursive: true);
    }
}
