import CKernels
import Testing

@Suite("Instruction sets")
struct InstructionSetTests {
    @Test("The portable kernels are always there, and the best set is available")
    func available() {
        #expect(ck_isa_available(ck_isa_portable))
        #expect(ck_isa_available(ck_isa_best()))
        #expect(ck_isa_best() == instructionSets.last)
    }

    @Test("Names")
    func names() {
        let all = [ck_isa_portable, ck_isa_neon, ck_isa_avx2, ck_isa_avx512]
        #expect(all.map { String(cString: ck_isa_name($0)) } == ["portable", "neon", "avx2", "avx512"])
    }

    @Test("A set of another processor family is not available")
    func foreign() {
        #if arch(x86_64)
            #expect(!ck_isa_available(ck_isa_neon))
        #else
            #expect(!ck_isa_available(ck_isa_avx2) && !ck_isa_available(ck_isa_avx512))
        #endif
    }
}
