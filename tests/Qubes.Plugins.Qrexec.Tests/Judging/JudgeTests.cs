using System.Text;
using System.Text.Json;
using NSubstitute;
using NSubstitute.ExceptionExtensions;
using Qubes.Plugins.Qrexec.Calls;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Guests;
using Qubes.Sdk.Policy;

namespace Qubes.Plugins.Qrexec.Tests.Judging;

public sealed class JudgeTests : IAsyncLifetime
{
    private readonly JudgeBench bench = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await bench.DisposeAsync();

    [Fact]
    public async Task An_allowed_call_is_told_with_names_even_where_the_caller_gave_uuids()
    {
        bench.Policy("a.Svc * work * allow user=root autostart=no");
        var (work, vault) = (bench.Add("work"), bench.Add("vault"));

        var allowed = Assert.IsType<AllowedCall>(await bench.CallAsync(JudgeBench.Source(work), $"uuid:{vault.Uuid}"));

        Assert.Equal(
            new AllowedCall("root", "vault", false, $"uuid:{vault.Uuid}", bench.PolicyDirectory + "/30-user.policy:1"), allowed);
    }

    [Fact]
    public async Task A_new_disposable_is_told_by_the_name_of_its_template()
    {
        bench.Policy("a.Svc * work @anyvm allow");
        var dvm = bench.Add("dvm", QubeClass.AppVM, ("template_for_dispvms", "True"));
        var work = bench.Add("work", QubeClass.AppVM, ("default_dispvm", "dvm"));

        Assert.Equal("@dispvm:dvm", Assert.IsType<AllowedCall>(await bench.CallAsync(JudgeBench.Source(work), "@dispvm")).Target);
        Assert.Equal("@dispvm:dvm", Assert.IsType<AllowedCall>(await bench.CallAsync(JudgeBench.Source(work), $"@dispvm:uuid:{dvm.Uuid}")).Target);
        Assert.IsType<DeniedCall>(await bench.CallAsync(JudgeBench.Source(work), "@dispvm:work"));
    }

    [Fact]
    public async Task A_program_of_the_host_is_judged_by_its_name_class_and_tags()
    {
        bench.Policy("a.Svc * desktop @dispvm allow", "b.Svc * @type:HostUser vault allow", "c.Svc * @tag:people vault allow", "d.Svc * @adminvm vault allow");
        bench.Add("vault");
        var dvm = bench.Add("dvm", QubeClass.AppVM, ("template_for_dispvms", "True"));
        bench.Qubes.System.Get(SystemProperties.DefaultDispvm).Returns(dvm);
        var source = new CallSource("desktop", null) { Tags = new HashSet<string> { "people" } };

        Assert.Equal("@dispvm:dvm", Assert.IsType<AllowedCall>(await bench.CallAsync(source, "@dispvm")).Target);
        Assert.IsType<AllowedCall>(await bench.CallAsync(source, "vault", "b.Svc"));
        Assert.IsType<AllowedCall>(await bench.CallAsync(source, "vault", "c.Svc"));
        Assert.IsType<DeniedCall>(await bench.CallAsync(source, "vault", "d.Svc"));
    }

    [Theory]
    [InlineData("work")]
    [InlineData("dom0")]
    [InlineData("@adminvm")]
    [InlineData("uuid:00000000-0000-0000-0000-000000000000")]
    public async Task A_program_of_the_host_cannot_be_taken_for_a_qube(string name)
    {
        bench.Policy("* * * * allow");
        bench.Add("work");
        bench.Add("vault");

        Assert.IsType<DeniedCall>(await bench.CallAsync(new(name, null), "vault"));
    }

    [Fact]
    public async Task Without_anyone_to_ask_a_question_is_a_refusal_that_says_what_to_do()
    {
        bench.Policy("a.Svc * work vault ask");
        bench.Add("vault");

        var denied = Assert.IsType<DeniedCall>(await bench.CallAsync(JudgeBench.Source(bench.Add("work")), "vault"));

        Assert.Contains("nobody could be asked", denied.Reason);
        Assert.Contains("qubes-policy prompt", await bench.Log.NextAsync(2156));
    }

    [Fact]
    public async Task A_prompt_of_a_plugin_is_asked_with_what_may_be_chosen_and_internal_qubes_are_not_offered()
    {
        bench.Policy("a.Svc * work * ask default_target=vault");
        bench.Add("vault");
        JudgeBench.Feature(bench.Add("disp7", QubeClass.DispVM), "internal", "1");
        var (none, prompt) = (Substitute.For<IPolicyPrompt>(), Substitute.For<IPolicyPrompt>());
        none.AskAsync(default!, default).ReturnsForAnyArgs((PolicyAnswer?)null);
        PolicyQuestion? put = null;
        prompt.AskAsync(Arg.Do<PolicyQuestion>(q => put = q), default).ReturnsForAnyArgs(new PolicyAnswer("vault"));
        bench.Prompts.AddRange([none, prompt]);

        var allowed = Assert.IsType<AllowedCall>(await bench.CallAsync(JudgeBench.Source(bench.Add("work")), "@default", "a.Svc+x"));

        Assert.Equal(("vault", "@default"), (allowed.Target, allowed.RequestedTarget));
        Assert.Equal(("work", "a.Svc", "+x", "vault"), (put!.Source, put.Service, put.Argument, put.DefaultTarget));
        Assert.Equal(["dom0", "vault"], put.Targets);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("disp7")]
    public async Task No_or_what_was_not_offered_is_a_refusal(string? target)
    {
        bench.Policy("a.Svc * work vault ask");
        bench.Add("vault");
        bench.Add("disp7");
        var prompt = Substitute.For<IPolicyPrompt>();
        prompt.AskAsync(default!, default).ReturnsForAnyArgs(new PolicyAnswer(target));
        bench.Prompts.Add(prompt);

        Assert.IsType<DeniedCall>(await bench.CallAsync(JudgeBench.Source(bench.Add("work")), "vault"));
    }

    [Fact]
    public async Task A_caller_that_leaves_withdraws_its_question()
    {
        bench.Policy("a.Svc * work vault ask");
        bench.Add("vault");
        var prompt = Substitute.For<IPolicyPrompt>();
        using var leave = new CancellationTokenSource();
        prompt.AskAsync(default!, default).ReturnsForAnyArgs(async c =>
        {
            await leave.CancelAsync();
            c.Arg<CancellationToken>().ThrowIfCancellationRequested();
            return null;
        });
        bench.Prompts.Add(prompt);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => bench.CallAsync(JudgeBench.Source(bench.Add("work")), "vault", cancel: leave.Token));
    }

    [Fact]
    public async Task A_gui_qube_is_asked_by_its_service_and_told_of_denials()
    {
        bench.Policy("a.Svc * work vault ask", "b.Svc * work vault deny", "c.Svc * work vault allow notify=yes");
        bench.Add("vault");
        var gui = bench.Add("gui");
        var source = JudgeBench.Source(bench.Add("work", QubeClass.AppVM, ("guivm", "gui"), ("icon", "appvm-red")));
        var calls = new List<(string Service, JsonElement Json)>();
        bench.Services.CallAsync(gui, default!, default, default, default).ReturnsForAnyArgs(c =>
        {
            lock (calls)
                calls.Add((c.ArgAt<string>(1), JsonDocument.Parse(c.ArgAt<ReadOnlyMemory<byte>>(3)).RootElement.Clone()));
            return new GuestServiceResult(0, Encoding.ASCII.GetBytes("allow:vault\n"));
        });

        Assert.IsType<AllowedCall>(await bench.CallAsync(source, "vault"));
        Assert.IsType<DeniedCall>(await bench.CallAsync(source, "vault", "b.Svc+é"));
        Assert.IsType<AllowedCall>(await bench.CallAsync(source, "vault", "c.Svc"));
        await bench.News.StopAsync(default);

        Assert.Equal(["policy.Ask", "policy.Notify", "policy.Notify"], calls.Select(c => c.Service));
        var question = calls[0].Json;
        Assert.Equal("vault", question.GetProperty("targets")[0].GetString());
        Assert.Equal("", question.GetProperty("default_target").GetString());
        Assert.Equal("appvm-red", question.GetProperty("icons").GetProperty("work").GetString());
        Assert.Equal(["deny", "allow"], calls.Skip(1).Select(c => c.Json.GetProperty("resolution").GetString()!));
        Assert.Equal("+é", calls[1].Json.GetProperty("argument").GetString());
    }

    [Theory]
    [InlineData("allow:other", 0)]
    [InlineData("allow:vault", 1)]
    [InlineData("", 0)]
    public async Task A_bad_answer_of_a_gui_qube_is_a_refusal(string answer, int status)
    {
        bench.Policy("a.Svc * work vault ask");
        bench.Add("vault");
        bench.Add("other");
        bench.Services.CallAsync(bench.Add("gui"), default!, default, default, default)
            .ReturnsForAnyArgs(new GuestServiceResult(status, Encoding.ASCII.GetBytes(answer)));

        Assert.IsType<DeniedCall>(await bench.CallAsync(JudgeBench.Source(bench.Add("work", QubeClass.AppVM, ("guivm", "gui"))), "vault"));
    }

    [Fact]
    public async Task A_gui_qube_that_does_not_run_or_leaves_refuses_and_notifications_that_fail_change_nothing()
    {
        bench.Policy("a.Svc * work vault ask", "b.Svc * work vault allow notify=yes");
        bench.Add("vault");
        var gui = bench.Add("gui");
        var source = JudgeBench.Source(bench.Add("work", QubeClass.AppVM, ("guivm", "gui")));
        bench.Services.CallAsync(gui, default!, default, default, default).ThrowsAsyncForAnyArgs(new QubeNotRunningException("it left"));

        Assert.IsType<DeniedCall>(await bench.CallAsync(source, "vault"));
        Assert.IsType<AllowedCall>(await bench.CallAsync(source, "vault", "b.Svc"));
        gui.PowerState.Returns(PowerState.Halted);
        Assert.IsType<DeniedCall>(await bench.CallAsync(source, "vault"));
    }
}
