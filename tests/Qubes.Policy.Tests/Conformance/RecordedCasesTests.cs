using System.Text;
using Qubes.Policy.Cases;
using Qubes.Policy.Knowledge;

namespace Qubes.Policy.Tests.Conformance;

public sealed class RecordedCasesTests : IDisposable
{
    private readonly CaseFile file = CaseFile.Parse(RecordedCases.Bytes);

    public static TheoryData<string> Ids
    {
        get
        {
            using var all = CaseFile.Parse(RecordedCases.Bytes);
            return [.. all.Cases.Select(c => c.Id)];
        }
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void A_case_comes_out_as_in_the_reference_implementation(string id)
    {
        Assert.Empty(file.Cases.Single(c => c.Id == id).Run());
    }

    [Fact]
    public void All_cases_are_run() => Assert.Equal(168, file.Cases.Count);

    [Theory]
    [InlineData("\"verdict\": \"allow\"", "\"verdict\": \"deny\"", "verdict: expected")]
    [InlineData("\"at\": \"30-user.policy:2\"", "\"at\": \"30-user.policy:1\"", "at: expected")]
    [InlineData("\"result=deny\"", "\"result=allow\"", "reply: expected")]
    [InlineData("\"resolution\": \"deny\"", "\"resolution\": \"allow\"", "notifications: expected")]
    [InlineData("\"load\": \"error\"", "\"load\": \"ok\"", "load: expected")]
    public void A_difference_is_found_and_named(string text, string other, string difference)
    {
        var changed = Compact().Replace(text.Replace(": ", ":"), other.Replace(": ", ":"), StringComparison.Ordinal);

        using var cases = CaseFile.Parse(Encoding.UTF8.GetBytes(changed));

        Assert.Contains(cases.Cases.SelectMany(c => c.Run()), found => found.StartsWith(difference, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"format": "qrexec-policy-cases/2", "systems": {}, "cases": []}""")]
    [InlineData("""{"format": "qrexec-policy-cases/1", "cases": []}""")]
    [InlineData("""{"format": "qrexec-policy-cases/1", "systems": {}}""")]
    [InlineData("""{"format": "qrexec-policy-cases/1", "systems": {}, "cases": [{}]}""")]
    [InlineData("""{"format": "qrexec-policy-cases/1", "systems": {}, "cases": [7]}""")]
    public void A_file_that_is_none_is_refused(string json)
    {
        Assert.Throws<SystemInfoException>(() => CaseFile.Parse(Encoding.UTF8.GetBytes(json)));
    }

    [Theory]
    [InlineData("""{"id": "x"}""")]
    [InlineData("""{"id": "x", "expect": {}, "system": "other"}""")]
    [InlineData("""{"id": "x", "expect": 3, "system": "s"}""")]
    [InlineData("""{"id": "x", "expect": {}, "system": "s", "mode": ["hurry"]}""")]
    [InlineData("""{"id": "x", "expect": {}, "system": "s", "mode": "hurry"}""")]
    [InlineData("""{"id": "x", "expect": {}, "system": "s", "files": {"a": [1]}}""")]
    [InlineData("""{"id": "x", "expect": {}, "system": "bad"}""")]
    public void A_case_that_lacks_something_is_refused(string json)
    {
        using var cases = CaseFile.Parse(Encoding.UTF8.GetBytes(
            """{"format": "qrexec-policy-cases/1", "systems": {"s": {}, "bad": {"q": {"type": 1}}}, "cases": [""" + json + "]}"));

        Assert.Throws<SystemInfoException>(() => cases.Cases[0].Run());
    }

    public void Dispose() => file.Dispose();

    private static string Compact()
    {
        using var document = System.Text.Json.JsonDocument.Parse(RecordedCases.Bytes);
        return System.Text.Json.JsonSerializer.Serialize(document.RootElement);
    }
}
